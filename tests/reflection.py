"""What Beam finds out of methods and options, it finds once in a process.

It asks for the arguments of a method some ten thousand times a pipeline, and parses the flags
anew four hundred times: half of what a small pipeline costs. Here hundreds of them are built in one
process, of the same methods.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from types import MethodType
from typing import Any
from weakref import WeakKeyDictionary

from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.transforms import core

Arguments = tuple[list[str], list[Any]]
_PIPELINES = 8


class Methods:
    """A method's arguments and defaults, for as long as its function lives."""

    def __init__(self, look: Callable[[Any], Arguments]) -> None:
        self.look = look
        self.found: WeakKeyDictionary[Any, Arguments] = WeakKeyDictionary()

    def __call__(self, function: Any) -> Arguments:
        if type(function) is not MethodType:
            return self.look(function)
        found = self.found.get(function.__func__)
        if found is None:
            found = self.found[function.__func__] = self.look(function)
        names, defaults = found
        return list(names), list(defaults)


class Views:
    """Views of a pipeline's options: those of a kind are alike, all values lie in one place."""

    def __init__(self, view: Callable[[Any, type], Any]) -> None:
        self.view = view
        self.seen: OrderedDict[int, tuple[Any, dict[type, Any]]] = OrderedDict()

    def __call__(self, options: Any, kind: type) -> Any:
        values = options._all_options
        known, views = self.seen.get(id(values), (None, {}))
        if known is not values:
            views = {}
            self.seen[id(values)] = values, views
            while len(self.seen) > _PIPELINES:
                self.seen.popitem(last=False)
        if kind not in views:
            views[kind] = self.view(options, kind)
        return views[kind]


def remember() -> None:
    """From now on, in this process."""
    if isinstance(core.get_function_args_defaults, Methods):
        return
    core.get_function_args_defaults = Methods(core.get_function_args_defaults)
    views = Views(PipelineOptions.view_as)
    PipelineOptions.view_as = lambda self, cls: views(self, cls)
