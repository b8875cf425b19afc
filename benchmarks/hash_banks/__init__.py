"""What banks of known pictures find, and how fast."""
