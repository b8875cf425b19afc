"""Nights that have no committed run, scored oldest first."""
