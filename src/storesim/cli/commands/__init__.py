"""One command a file; `storesim.cli.main` loads the one that is asked for."""
