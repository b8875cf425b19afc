"""The review queue as people work through it: its items, their order, whose turn it is."""
