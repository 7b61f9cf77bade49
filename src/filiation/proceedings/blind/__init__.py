"""A comparison of two secret materials, step by step, each side in its own folder."""
