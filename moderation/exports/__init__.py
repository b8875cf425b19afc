"""From verdicts and reviewers' decisions to a versioned training set."""
