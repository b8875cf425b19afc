"""Which split a group falls into."""
