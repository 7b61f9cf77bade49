"""How the text of an answer becomes a value, as a grader would read it.

`collection` takes away what the collecting left in a text, `wrapping` and `habitual` the form, and
one file for each class reads what is left: numbers, values of programs, option letters, short
texts. `rules` has their ids, `readability` says when a party could not be read.
"""
