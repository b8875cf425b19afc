"""What a run's profile looks like."""
