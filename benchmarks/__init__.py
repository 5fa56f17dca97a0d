"""How fast storesim is, and against what; `python -m benchmarks` measures and writes `RESULTS.md`."""
