"""The verbs of `filiation case`: the record of a dispute, one file per verb."""
