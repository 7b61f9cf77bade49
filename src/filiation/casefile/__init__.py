"""Records on disk: the folder of one examination, and the signed log of a whole case."""
