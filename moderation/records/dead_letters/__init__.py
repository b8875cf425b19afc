"""Dead letters: what a run could not use, written down and read again."""
