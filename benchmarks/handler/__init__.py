"""What the model handler costs on top of the bare SavedModel."""
