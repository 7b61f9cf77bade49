"""Documents of a case: what is on record of them, what a party may see, how they are searched."""
