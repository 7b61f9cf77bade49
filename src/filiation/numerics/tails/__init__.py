"""Tails of null distributions, in natural logs, never zero."""
