"""Throughput beside peers, on the same records and the same SavedModel."""
