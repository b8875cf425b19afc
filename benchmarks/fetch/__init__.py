"""How fast the image door is, and beside whom."""
