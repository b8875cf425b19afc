"""From scores to flags and decisions, and on to the files that hold them."""
