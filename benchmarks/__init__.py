"""How fast storesim is, against what, and whether both answer alike; `python -m benchmarks` writes `RESULTS.md`."""
