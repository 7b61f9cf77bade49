"""All pairs of many models at once."""
