"""The one door to an image: fetch it safely, decode it, or say why not."""
