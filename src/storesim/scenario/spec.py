"""`Spec`, the frozen base of every setting; `Named`, a read-only mapping that pickles; `Later`, settings few stores use."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from importlib import import_module
from typing import Any, Generic, TypeVar, cast, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    TypeAdapter,
    ValidationError,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, InitErrorDetails, PydanticCustomError, core_schema

V = TypeVar("V")


class Spec(BaseModel):
    """A group of settings: frozen, and closed to names nobody declared."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Check(AfterValidator):
    """What a value read must fulfil; a plain function of it, so that pydantic need not find out what it takes."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        check = cast(Callable[[Any], Any], self.func)
        return core_schema.no_info_after_validator_function(check, schema=handler(source))


class Later:
    """A note on a type: what it stands for is in a module that is loaded when a scenario first uses it.

    To build the classes of what few stores have would cost every reading of a scenario a tenth of its time.
    """

    def __init__(self, module: str, name: str) -> None:
        self._module, self._name = module, name

    @cached_property
    def kind(self) -> Any:
        """The type itself."""
        return getattr(import_module(self._module), self._name)

    @cached_property
    def _adapter(self) -> TypeAdapter[Any]:
        return TypeAdapter(self.kind)

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self._read)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return handler(self._adapter.core_schema)

    def _read(self, value: object) -> Any:
        # Its ValidationError is taken apart by pydantic: each error keeps its way from here.
        return self._adapter.validate_python(value)


class Named(Mapping[str, V], Generic[V]):
    """A read-only mapping from names to settings, in the order of the file."""

    __slots__ = ("_items",)

    def __init__(self, items: Mapping[str, V] | None = None) -> None:
        self._items: dict[str, V] = dict(items or {})

    def __getitem__(self, name: str) -> V:
        return self._items[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __hash__(self) -> int:
        return hash(tuple(self._items.items()))

    def __repr__(self) -> str:
        return f"Named({self._items!r})"

    def __reduce__(self) -> tuple[type[Named[V]], tuple[dict[str, V]]]:
        return type(self), (self._items,)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        (item,) = get_args(source) or (Any,)
        mapping = handler.generate_schema(dict[str, item])  # type: ignore[valid-type]  # built at run time
        return core_schema.no_info_after_validator_function(
            cls,
            mapping,
            serialization=core_schema.plain_serializer_function_ser_schema(_plain),
        )


class ItemError(ValueError):
    """One item of a list or mapping is wrong; `step` is its number or key, `of_key` whether the key itself is."""

    def __init__(self, message: str, step: str | int, *, of_key: bool = False) -> None:
        super().__init__(message)
        self.step, self.of_key = step, of_key


def read_item(read: Callable[[object], float], value: object, step: str | int) -> float:
    """`read(value)`; what is wrong with it is said as an `ItemError` at `step`."""
    try:
        return read(value)
    except ValueError as error:
        raise ItemError(f"{step}: {error}" if isinstance(step, str) else str(error), step) from error


def disagreement(message: str, *of: str, of_key: bool = False) -> PydanticCustomError:
    """An error between several settings of one group; `of` names those that take part.

    The loader does not report it while one of them is faulty in itself. With `of_key` it is the name in the file that
    is wrong, not what stands under it.
    """
    return PydanticCustomError("disagreement", "{message}", {"message": message, "of": of, "of_key": of_key})


def at_places(title: str, faults: list[tuple[tuple[str | int, ...], str]], *, of_keys: bool = False) -> ValidationError:
    """One error for several places below a group, each a way from it and a message."""
    details = [
        InitErrorDetails(type=disagreement(message, of_key=of_keys), loc=loc, input=None) for loc, message in faults
    ]
    return ValidationError.from_exception_data(title, details)


def _plain(named: Named[Any]) -> dict[str, Any]:
    return {name: _dumped(item) for name, item in named.items()}


def _dumped(item: Any) -> Any:
    if isinstance(item, BaseModel):
        return item.model_dump(by_alias=True)
    return tuple(_dumped(one) for one in item) if isinstance(item, tuple) else item
