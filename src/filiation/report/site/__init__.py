"""The pages of a case: plain data of a record in, a page out; the same served or kept as files."""
