"""How the sample's pictures are drawn."""
