"""Makes what ships; nothing that ships imports it, and no wheel holds it."""
