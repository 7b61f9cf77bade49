"""The question about weights: what is asked, what could be found, what kind of relation it is."""
