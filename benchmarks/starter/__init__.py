"""How good the starter is, from its bundle alone."""
