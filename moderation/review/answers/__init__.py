"""Files of label tools, read for what people said and nothing else."""
