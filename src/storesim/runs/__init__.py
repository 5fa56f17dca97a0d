"""Scenario in, results out: one run, or many side by side."""
