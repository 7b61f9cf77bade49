"""Proof without disclosure: commitments to materials, and openings of chosen parts of them."""
