"""Which accounts of a provider's log act as one: groups found on some days, tested on others."""
