"""How the sample's pictures are drawn; only ``workshop.sample.draw`` needs it."""
