"""The way back: verdicts and reviewers' decisions in, a versioned training set out."""
