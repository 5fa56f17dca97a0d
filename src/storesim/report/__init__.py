"""What people read: a `Report` that knows no format, and writers that know nothing else."""
