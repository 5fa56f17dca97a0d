"""What came out: counts of runs and of real days, how they are sliced, and how they go to disk."""
