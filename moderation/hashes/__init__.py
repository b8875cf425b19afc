"""Hashes of pictures, and banks of known ones: who shares hashes shares no picture."""
