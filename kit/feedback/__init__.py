"""What a student is told: comparisons, the reason behind a number, and the name of a mistake where it is certain."""
