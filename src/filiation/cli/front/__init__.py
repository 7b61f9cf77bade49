"""The front of the command line: which verbs there are, their help, and what is asked of them."""
