"""Logs that machines read: one JSON object a line, with the run that it belongs to."""
