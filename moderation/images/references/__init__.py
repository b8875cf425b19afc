"""References: how an image is named in a record, what it means, and what of it may be shown."""
