"""The command line wants no plug-ins of pydantic, nor the time it takes to look for them."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from types import ModuleType
from typing import Any, Final

_SWITCH: Final = "PYDANTIC_DISABLE_PLUGINS"
_LOADER: Final = "pydantic.plugin._loader"


def skip_plugins() -> None:
    """Have none looked for, unless the user has said which to leave out.

    Looking through every package installed costs a tenth of `validate`, and the library for it another fourteenth:
    pydantic imports it before it reads the switch.
    """
    if os.environ.setdefault(_SWITCH, "__all__") == "__all__" and _LOADER not in sys.modules:
        stand_in: Any = ModuleType(_LOADER)
        stand_in.get_plugins = tuple
        stand_in.__getattr__ = _of_the_loader
        sys.modules[_LOADER] = stand_in


def _of_the_loader(name: str) -> object:
    """Whatever else is asked of the loader comes from the real one; what Python asks of any module does not."""
    if name.startswith("__"):
        raise AttributeError(name)
    sys.modules.pop(_LOADER)
    return getattr(import_module(_LOADER), name)
