"""What must be done: a target as goals by period and channel, and the chance of each."""
