"""The account of a run: tallies that merge, and the report made of them."""
