"""EfficientNet-Lite0's forward pass in NumPy, from the published tensors: what others compare with.

Nothing is folded, rounded or shared with the network that ships: convolutions are sums over a
kernel's places, in float64.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
EPSILON = 1e-3
_STRIDED = {1, 3, 5, 11}
"""Blocks that halve height and width."""
_BLOCKS = 16


def logits(tensors: Mapping[str, Array], pixels: Array) -> Array:
    """uint8 ``[height, width, 3]``, RGB → float64 ``[1000]``."""
    image = (pixels.astype(np.float64) - 127) / 128
    found = _relu6(_normalised(tensors, "_bn0", _convolved(image, tensors["_conv_stem.weight"], 2)))
    for place in range(_BLOCKS):
        found = _block(tensors, f"_blocks.{place}.", found, stride=2 if place in _STRIDED else 1)
    found = _relu6(_normalised(tensors, "_bn1", _convolved(found, tensors["_conv_head.weight"], 1)))
    result: Array = tensors["_fc.weight"] @ found.mean(axis=(0, 1)) + tensors["_fc.bias"]
    return result


def _block(tensors: Mapping[str, Array], name: str, inputs: Array, *, stride: int) -> Array:
    found = inputs
    if f"{name}_expand_conv.weight" in tensors:
        found = _convolved(found, tensors[f"{name}_expand_conv.weight"], 1)
        found = _relu6(_normalised(tensors, f"{name}_bn0", found))
    found = _depthwise(found, tensors[f"{name}_depthwise_conv.weight"], stride)
    found = _relu6(_normalised(tensors, f"{name}_bn1", found))
    found = _convolved(found, tensors[f"{name}_project_conv.weight"], 1)
    found = _normalised(tensors, f"{name}_bn2", found)
    return found + inputs if found.shape == inputs.shape else found


def _convolved(image: Array, kernel: Array, stride: int) -> Array:
    """``kernel`` as torch has it, ``[outputs, inputs, height, width]``."""
    views = _places(image, kernel.shape[2], stride)
    seen: list[Array] = [view @ kernel[:, :, row, column].T for row, column, view in views]
    return sum(seen[1:], seen[0])


def _depthwise(image: Array, kernel: Array, stride: int) -> Array:
    views = _places(image, kernel.shape[2], stride)
    seen: list[Array] = [view * kernel[:, 0, row, column] for row, column, view in views]
    return sum(seen[1:], seen[0])


def _places(image: Array, size: int, stride: int) -> list[tuple[int, int, Array]]:
    """What each place of a kernel sees, padded as TensorFlow's SAME does it."""
    outputs = [-(-side // stride) for side in image.shape[:2]]
    lacking = [
        max((many - 1) * stride + size - side, 0)
        for many, side in zip(outputs, image.shape[:2], strict=True)
    ]
    padded = np.pad(image, [*((each // 2, each - each // 2) for each in lacking), (0, 0)])
    height, width = ((many - 1) * stride + 1 for many in outputs)
    return [
        (row, column, padded[row : row + height : stride, column : column + width : stride])
        for row in range(size)
        for column in range(size)
    ]


def _normalised(tensors: Mapping[str, Array], name: str, image: Array) -> Array:
    mean, variance = tensors[f"{name}.running_mean"], tensors[f"{name}.running_var"]
    scale = tensors[f"{name}.weight"] / np.sqrt(variance.astype(np.float64) + EPSILON)
    return (image - mean) * scale + tensors[f"{name}.bias"]


def _relu6(image: Array) -> Array:
    return np.clip(image, 0, 6)
