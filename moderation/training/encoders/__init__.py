"""Pretrained parts: what turns texts and images into features."""
