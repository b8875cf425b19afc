"""How much memory a local run takes, by how many rows it reads."""
