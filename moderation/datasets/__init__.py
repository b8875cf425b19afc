"""Data sets: labelled records on their way into a model, and verdicts on their way back."""
