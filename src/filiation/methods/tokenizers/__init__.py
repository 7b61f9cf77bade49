"""What two vocabularies have in common: one file per question."""
