"""Deeds on the documents of a case: put in, listed, searched, marked, withheld."""
