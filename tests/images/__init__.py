"""The image door."""
