"""Whether committed runs are what they were when they were committed."""
