"""How the modalities meet, one module for each way."""
