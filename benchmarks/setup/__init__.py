"""How long a machine that holds nothing yet takes to its first verdict, or its first test."""
