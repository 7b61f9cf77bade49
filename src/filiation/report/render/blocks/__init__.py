"""One renderer for each form: every kind of block, and nothing but blocks."""
