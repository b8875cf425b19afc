"""Names for what a tensor is computed by: equal names, equal computation."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from moderation.models.cutting.flat import Flat, control_inputs, data_inputs, node_of


class Computation:
    """Digests of tensors by operations, attributes, constants and variables, not by names."""

    def __init__(self, flat: Flat) -> None:
        self._flat = flat
        first: dict[int, int] = {}
        self._captured = {
            name: first.setdefault(id(tensor), len(first)) for name, tensor in flat.captured.items()
        }

    def digests(self, arguments: Mapping[str, str]) -> dict[str, bytes]:
        """Of every node, where each argument goes by the name that is given for it."""
        found: dict[str, bytes] = {}
        for name, node in self._flat.nodes.items():
            told = hashlib.sha256()
            if name in self._flat.arguments:
                argument = self._flat.arguments[name]
                told.update(f"argument {arguments.get(argument, argument)!r}".encode())
            elif name in self._captured:
                told.update(f"captured {self._captured[name]}".encode())
            else:
                told.update(node.op.encode())
                for key in sorted(node.attr):
                    if not key.startswith("_"):  # notes of whoever built the graph
                        told.update(key.encode())
                        told.update(node.attr[key].SerializeToString(deterministic=True))
                for tensor in data_inputs(node):
                    told.update(found[node_of(tensor)] + tensor.rpartition(":")[2].encode())
                for each in sorted(found[other] for other in control_inputs(node)):
                    told.update(b"^" + each)
            found[name] = told.digest()
        return found
