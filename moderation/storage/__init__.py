"""Every file, here or in a store: listed, opened, digested, parked, staged and counted."""
