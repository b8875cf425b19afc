"""What decoders in processes of their own cost."""
