"""What the audit costs a run, and how large what it adds up is."""
