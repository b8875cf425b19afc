"""What each named resizer costs, and how far it lies from its original."""
