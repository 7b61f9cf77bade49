"""Comparing two secret materials by files that three parties exchange."""
