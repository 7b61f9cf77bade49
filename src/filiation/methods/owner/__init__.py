"""Examinations that only the owner of a source can make: with its order, its canaries, its keys."""
