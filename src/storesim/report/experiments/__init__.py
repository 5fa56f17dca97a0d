"""What people read of experiments: comparisons, sweeps, and forecasts that moved."""
