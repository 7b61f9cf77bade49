"""Was a tokenizer taken over? The kind of material, its reader, and what is said beside it."""
