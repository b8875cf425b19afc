"""What a run's stages cost, measured where they work; nothing is measured unless it was asked."""
