"""What a row costs where the model costs nothing."""
