"""What kind of kinship is it? Typing a relation that the findings support."""
