"""Real servers on loopback that misbehave on purpose."""
