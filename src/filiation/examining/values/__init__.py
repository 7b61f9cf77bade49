"""The question about values: what is asked, and what cannot be told apart by it."""
