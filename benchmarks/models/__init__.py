"""Stand-ins for published models, with random weights."""
