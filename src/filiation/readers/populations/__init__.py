"""Populations of known ancestry, and the studies made of them."""
