"""A contract's model with every field filled: what a page has to tell at most."""

from __future__ import annotations

import types
from collections.abc import Callable
from enum import Enum
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel

AnyModel = TypeVar("AnyModel", bound=BaseModel)


def filled(
    model: type[AnyModel], *, text: Callable[[str], str], many: int = 2, number: float = 0.25
) -> AnyModel:
    """The model with no field left out.

    Args:
        model: of ``schemas``.
        text: what a text holds, by the name of its field.
        many: how much a list holds.
        number: what is no whole number; whole ones are 100 times as large.
    """
    given = _Fill(text, many, number)
    return model.model_validate(given.model(model))


class _Fill:
    def __init__(self, text: Callable[[str], str], many: int, number: float) -> None:
        self.text, self.many, self.number = text, many, number

    def model(self, model: type[BaseModel]) -> dict[str, Any]:
        hints = get_type_hints(model, include_extras=True)
        return {name: self.of(hints[name], name) for name in model.model_fields}

    def of(self, hint: Any, name: str) -> Any:
        origin, inner = get_origin(hint), get_args(hint)
        if origin is Annotated:
            return self.of(inner[0], name)
        if origin in (Union, types.UnionType):
            return self.of(next(each for each in inner if each is not type(None)), name)
        if origin is Literal:
            return inner[0]
        if origin is dict:
            return self.mapping(inner, name)
        if origin is tuple and inner[-1] is not Ellipsis:
            return tuple(self.of(each, name) for each in inner)
        if origin in (list, tuple):
            return [self.of(inner[0], name) for _ in range(self.many)]
        return self.plain(hint, name)

    def mapping(self, inner: tuple[Any, ...], name: str) -> dict[Any, Any]:
        if isinstance(inner[0], type) and issubclass(inner[0], Enum):
            return {key: self.of(inner[1], name) for key in inner[0]}
        return {f"{self.text(name)} {place}": self.of(inner[1], name) for place in range(self.many)}

    def plain(self, hint: Any, name: str) -> Any:
        if hint is Any:
            return self.text(name)
        if issubclass(hint, BaseModel):
            return self.model(hint)
        if issubclass(hint, Enum):
            return next(iter(hint))
        if issubclass(hint, bool):
            return True
        if issubclass(hint, int):
            return int(100 * self.number)
        return self.number if issubclass(hint, float) else self.text(name)
