"""The log of a case: signed events, hashed into a tree, appended whole or not at all."""
