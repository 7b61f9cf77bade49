"""Was a source tree taken over? The kind of material, its reader, and what is said beside it."""
