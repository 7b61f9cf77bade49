"""The validation study: every method on models of known ancestry, and how often it errs."""
