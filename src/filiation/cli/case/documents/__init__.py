"""The verbs of `filiation case documents`."""
