"""Models that lie on another machine, read where they lie."""
