"""Which accounts of a log act as one: one file per channel, each with its own null."""
