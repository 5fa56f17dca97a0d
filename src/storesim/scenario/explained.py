"""What stands under each setting in its class: the one explanation that help, schema and reports are made from."""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Mapping
from functools import cache

from pydantic import BaseModel


@cache
def explained(model: type[BaseModel]) -> Mapping[str, str]:
    """Explanation of each setting of a class, those of its bases included, by attribute; '' where there is none.

    Read from the source when it is first asked for: pydantic would read it for every class at import, which takes
    longer than checking a scenario.
    """
    found: dict[str, str] = {}
    for base in reversed(model.__mro__):
        if issubclass(base, BaseModel) and base.__module__.partition(".")[0] == "storesim":
            found |= _in_source(base.__module__).get(base.__qualname__, {})
    return {name: found.get(name, "") for name in model.model_fields}


@cache
def _in_source(module: str) -> Mapping[str, Mapping[str, str]]:
    tree = ast.parse(inspect.getsource(sys.modules[module]))
    return {item.name: _below_settings(item) for item in tree.body if isinstance(item, ast.ClassDef)}


def _below_settings(item: ast.ClassDef) -> dict[str, str]:
    found: dict[str, str] = {}
    for line, after in zip(item.body, item.body[1:], strict=False):
        match line, after:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str() as text)):
                found[name] = inspect.cleandoc(text)
    return found
