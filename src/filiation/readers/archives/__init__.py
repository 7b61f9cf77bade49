"""Archives, opened within bounds: zip, tar, and what is called otherwise and is one of them."""
