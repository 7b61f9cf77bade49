"""Methods that read answers to questions about values: one file and one page of words each."""
