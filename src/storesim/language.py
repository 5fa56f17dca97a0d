"""Which language the reader's machine speaks."""

from __future__ import annotations

import os
import sys
from typing import Literal

Lang = Literal["zh", "en"]


def language_of_the_machine() -> Lang:
    """ "zh" where the user's environment speaks Chinese, else "en"."""
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(variable):
            return "zh" if value.lower().startswith("zh") else "en"
    return "zh" if sys.platform == "win32" and _windows_speaks_chinese() else "en"


def _windows_speaks_chinese() -> bool:
    import ctypes

    # The low ten bits of a Windows language id are the language; 4 is Chinese.
    return bool(ctypes.windll.kernel32.GetUserDefaultUILanguage() & 0x3FF == 4)  # type: ignore[attr-defined,unused-ignore]  # Windows only
