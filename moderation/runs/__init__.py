"""The run directory: staging, sinks, commit marker, progress."""
