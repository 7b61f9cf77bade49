"""A sketch of weights: taken in one pass, written, read, and held against its model."""
