"""Case -> bytes: what people and programs read. Sees the frozen case and nothing that made it."""
