"""How a picture's pixels are made: by which resizer, and by which arithmetic of JPEG."""

from __future__ import annotations

from typing import Literal, get_args

PillowResizer = Literal["bilinear", "bicubic", "lanczos", "box", "nearest"]
"""Pillow's own filters, which average over all that a pixel of the target covers."""

NamedResizer = Literal[
    "tf_bilinear",
    "tf_bicubic",
    "tf_area",
    "tf_nearest",
    "tf_bilinear_antialias",
    "tf_bicubic_antialias",
    "keras",
    "torch_bilinear",
    "torch_bicubic",
    "skimage",
]
"""``tf_*``: ``tf.image.resize``, without averages unless the name says ``antialias``
(``keras.layers.Resizing`` and ``image_dataset_from_directory`` are ``tf_bilinear``); ``keras``:
``keras.utils.load_img`` and ``ImageDataGenerator``, the nearest pixel; ``torch_*``: torchvision's
``Resize`` of a tensor, with its antialias; ``skimage``: ``skimage.transform.resize``."""

Resample = Literal[PillowResizer, NamedResizer]

JpegArithmetic = Literal["accurate", "fast"]
"""``accurate``: Pillow's, OpenCV's, torchvision's; ``fast``: what TensorFlow's ``decode_jpeg``,
``decode_png`` and ``decode_image`` do unless they are told otherwise."""

PILLOW_RESIZERS: tuple[str, ...] = get_args(PillowResizer)
"""Before which a JPEG may be decoded at a reduced scale; the others need every pixel."""

RESIZERS: tuple[str, ...] = get_args(Resample)
