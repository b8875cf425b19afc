"""Makes the weights of image encoders that ship from the files in which they were published."""
