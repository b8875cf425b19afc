"""How often nights without drift alarm, and nights with drift do not."""
