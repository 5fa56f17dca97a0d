"""`python -m storesim` is the command `storesim`."""

from __future__ import annotations

import sys

from storesim.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
