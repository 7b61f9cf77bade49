"""The pages of a case in a browser of this computer: what is asked for, and who may ask."""
