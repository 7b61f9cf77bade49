"""What two configurations have in common, told without a probability."""
