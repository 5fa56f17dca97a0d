"""The sections of a report, one a file; each is a function from `Sources` to a `Section`."""
