"""A folder's runs side by side."""
