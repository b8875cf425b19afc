"""How good probabilities are: figures, each with its interval."""
