"""How the sample's pictures are drawn; only ``moderation.samples.draw`` needs it."""
