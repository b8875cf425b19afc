"""What Beam finds out of methods and options, it finds once in a process.

It asks for the arguments of a method some ten thousand times a pipeline, looks through a DoFn for
its state eight times, reads the source of its method for what it returns, and parses the flags anew
four hundred times: more than half of what a small pipeline costs. Here hundreds of them are built
in one process, of the same methods.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from types import FunctionType, MethodType
from typing import Any
from weakref import WeakKeyDictionary

from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.transforms import core, userstate

Arguments = tuple[list[str], list[Any]]
Specs = tuple[set[Any], set[Any]]
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


class Classes:
    """What a class of DoFns has of state and timers; methods of a DoFn's own are looked at anew."""

    def __init__(self, look: Callable[[Any], Specs]) -> None:
        self.look = look
        self.found: WeakKeyDictionary[type, Specs] = WeakKeyDictionary()

    def __call__(self, dofn: Any) -> Specs:
        if any(isinstance(each, MethodType) for each in vars(dofn).values()):
            return self.look(dofn)
        kind = type(dofn)
        found = self.found.get(kind)
        if found is None:
            found = self.found[kind] = self.look(dofn)
        states, timers = found
        return set(states), set(timers)


class Sources:
    """Whether a function's source yields and returns, for as long as the function lives."""

    def __init__(self, look: Callable[[Any], bool]) -> None:
        self.look = look
        self.found: WeakKeyDictionary[Any, bool] = WeakKeyDictionary()

    def __call__(self, function: Any) -> bool:
        plain = getattr(function, "__func__", function)
        if type(plain) is not FunctionType:
            return self.look(function)
        if plain not in self.found:
            self.found[plain] = self.look(function)
        return self.found[plain]


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
    core._check_fn_use_yield_and_return = Sources(core._check_fn_use_yield_and_return)
    userstate.get_dofn_specs = Classes(userstate.get_dofn_specs)
    views = Views(PipelineOptions.view_as)
    PipelineOptions.view_as = lambda self, cls: views(self, cls)
