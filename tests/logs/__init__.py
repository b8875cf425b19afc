"""Logs as lines of JSON."""
