"""A run: its directory, its claim, its gates, and the step that closes it."""
