"""Weights of two bundles held against each other, bit for bit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

_DATA = "variables/variables.data-00000-of-00001"
_INDEX = "variables/variables"
_NAMES = "_CHECKPOINTABLE_OBJECT_GRAPH"


def compared(before: Path, after: Path) -> str:
    """What is the same: the file, or every variable in it, or which differ."""
    if (before / _DATA).read_bytes() == (after / _DATA).read_bytes():
        return "the same file, bit for bit"
    old, new = _variables(before), _variables(after)
    differ = [
        name for name in sorted(old.keys() | new.keys())
        if name not in old or name not in new or _bits(old[name]) != _bits(new[name])
    ]  # fmt: skip
    if differ:
        return f"DIFFER in {len(differ)} of {len(old.keys() | new.keys())}: {', '.join(differ[:3])}"
    return f"all {len(old)} variables the same, bit for bit; the file tells them in another way"


def _variables(bundle: Path) -> dict[str, Any]:
    from moderation.models.runtime import import_tensorflow

    reader = import_tensorflow().train.load_checkpoint(str(bundle / _INDEX))
    return {n: reader.get_tensor(n) for n in reader.get_variable_to_shape_map() if n != _NAMES}


def _bits(tensor: Any) -> tuple[str, tuple[int, ...], bytes]:
    return str(tensor.dtype), tensor.shape, tensor.tobytes()
