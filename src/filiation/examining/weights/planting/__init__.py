"""What is planted in the subject to learn what would have been found."""
