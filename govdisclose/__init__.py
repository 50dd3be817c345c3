"""govdisclose."""
