"""Mirrors ``moderation.images.processes``."""
