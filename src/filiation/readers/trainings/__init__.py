"""Training histories: checkpoints in order, as a party hands them over."""
