"""Methods that compare one adapter with another."""
