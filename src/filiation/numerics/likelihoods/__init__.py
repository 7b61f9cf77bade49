"""Likelihood ratios from pairs of known ancestry, and how good they are."""
