"""What the random generators of frameworks draw, to the bit, in numpy."""
