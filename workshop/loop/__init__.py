"""Made-up memes with a known truth, and reviewers who know it: the loop, tried from end to end."""
