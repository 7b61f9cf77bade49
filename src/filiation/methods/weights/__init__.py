"""Examinations of weights: what the order of hidden units says."""
