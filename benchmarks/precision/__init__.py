"""bfloat16 beside float32, by the calls of a run."""
