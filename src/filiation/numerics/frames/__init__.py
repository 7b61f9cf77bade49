"""Rows of weights seen from frames that a disguise does not move."""
