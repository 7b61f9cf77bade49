"""Which architectures do two models have? Context, whatever is found."""
