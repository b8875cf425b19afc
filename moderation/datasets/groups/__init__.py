"""What must not be parted: contents that share an image or a nearly equal text."""
