"""A folder's runs side by side: what they read and decided, what changed, what people say."""
