"""What is done in an examination and in a case: one file for each deed, data in and data out."""
