"""Headless Chromium, and what one must know of the files it makes; for tests only, and only where it is installed."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
BROWSER = next((found for name in NAMES if (found := shutil.which(name))), None)
QUIET = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip


def browse(page: Path, profile: Path, *wishes: str) -> str:
    """Open a page in a new profile; what the browser writes to standard output."""
    assert BROWSER is not None
    ran = subprocess.run(
        [BROWSER, *QUIET, f"--user-data-dir={profile}", *wishes, page.as_uri()],
        check=True, capture_output=True, text=True, encoding="utf-8", timeout=180,
    )  # fmt: skip
    return ran.stdout


def pixels(png: Path) -> NDArray[np.float32]:
    """[height, width, 3] of a picture, 0 to 1."""
    # matplotlib reads PNG with Pillow, which it brings along.
    from matplotlib.image import imread

    return np.asarray(imread(png), dtype=np.float32)[..., :3]


def pdf_pages(pdf: bytes) -> list[tuple[float, float]]:
    """Width and height of each page, points; the objects of Chromium's PDFs are not packed."""
    boxes = re.findall(rb"/MediaBox\s*\[\s*([\d.]+)\s+([\d.]+)\s+([\d.]+)\s+([\d.]+)\s*\]", pdf)
    return [(float(box[2]) - float(box[0]), float(box[3]) - float(box[1])) for box in boxes]
