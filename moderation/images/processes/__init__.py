"""Functions that read hostile bytes, run in child processes that may die over them."""
