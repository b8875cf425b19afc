"""The multimodal bitransformer (Kiela et al. 2019): image cells are tokens beside the text's.

The sequence is ``[CLS]``, the cells of each image, ``[SEP]``, then the text as it was packed; BERT
attends over all of it, and its pooled ``[CLS]`` comes out. Positions count from 0 in either part.
Every image and every text is a modality with a segment embedding of its own; the first two begin
as BERT's, further ones as copies of its second.
"""

from __future__ import annotations

from typing import Any

import keras

from moderation.training.errors import TrainingError
from moderation.training.fusions.parts import scaled

GRID = (5, 5)
"""Rows and columns of an image where a recipe names none."""


@keras.saving.register_keras_serializable("moderation")
class Segments(keras.layers.Layer):
    """One learnt vector a modality, added to the tokens ``[batch, length, dim]``."""

    def __init__(self, count: int, dim: int, **options: Any) -> None:
        super().__init__(**options)
        self.count, self.dim = count, dim
        self.table = self.add_weight(shape=(count, dim), name="segments")

    def start_as(self, published: Any) -> None:
        """Take over BERT's two."""
        last = published.shape[0] - 1
        rows = [published[min(place, last)] for place in range(self.count)]
        self.table.assign(keras.ops.stack(rows))

    def call(self, tokens: Any, places: Any) -> Any:
        """``places`` int ``[batch, length]``: each token's modality."""
        found = keras.ops.take(self.table, keras.ops.cast(places, "int32"), axis=0)
        return tokens + keras.ops.cast(found, tokens.dtype)

    def compute_output_shape(self, tokens_shape: Any, places_shape: Any) -> Any:
        """The tokens'."""
        return tokens_shape

    def get_config(self) -> dict[str, Any]:
        """Their number and size."""
        return {**super().get_config(), "count": self.count, "dim": self.dim}


def fuse(
    encoder: Any, tokens: dict[str, Any], images: list[Any], *, texts: int, keep_text: Any,
    keep_images: Any, layers: int | None,
) -> Any:  # fmt: skip
    """→ float ``[batch, hidden]``.

    Args:
        encoder: a ``TextEncoder`` whose backbone is a BERT.
        tokens: of the text, as its packer makes them.
        images: float ``[batch, cells, channels]`` each.
        texts: how many are in the sequence.
        keep_text: float ``[batch, 1]``; 0: attention leaves the text out.
        keep_images: float ``[batch, images]``; 0: attention leaves the image out.
        layers: of BERT, None: all.

    Raises:
        TrainingError: the backbone is no BERT, or has too few positions.
    """
    ops, backbone = keras.ops, encoder.backbone
    cells = [image.shape[1] for image in images]
    _check(backbone, length=sum(cells) + 2)
    segments = Segments(len(images) + texts, backbone.hidden_dim, name="segments")
    segments.start_as(ops.convert_to_tensor(backbone.segment_embedding.embeddings))

    first = tokens["token_ids"][:, :1]
    last = ops.full_like(first, encoder.others["sep_token_id"])
    project = keras.layers.Dense(backbone.hidden_dim, name="cells_to_tokens")
    ends = [backbone.token_embedding(end) for end in (first, last)]
    seen = ops.concatenate([ends[0], *(project(image) for image in images), ends[1]], axis=1)
    owner = [0, *(place for place, count in enumerate(cells) for _ in range(count))]
    owner.append(len(images) - 1)
    zeros = ops.zeros_like(seen[:, :, 0], dtype="int32")
    seen = segments(_placed(backbone, seen), zeros + ops.convert_to_tensor([owner], "int32"))

    read = _placed(backbone, backbone.token_embedding(tokens["token_ids"]))
    read = segments(read, tokens["segment_ids"] + len(images))

    ones = ops.ones_like(keep_text)
    kept = [
        ops.repeat(keep_images[:, place : place + 1], count, axis=1)
        for place, count in enumerate(cells)
    ]
    padding = ops.cast(tokens["padding_mask"], keep_text.dtype)
    mask = ops.concatenate([ones, *kept, ones, scaled(padding, keep_text)], axis=1) > 0

    hidden = backbone.embeddings_layer_norm(ops.concatenate([seen, read], axis=1))
    hidden = backbone.embeddings_dropout(hidden)
    for layer in backbone.transformer_layers[:layers]:
        hidden = layer(hidden, padding_mask=mask)
    return backbone.pooled_dense(hidden[:, 0, :])


def _placed(backbone: Any, tokens: Any) -> Any:
    return tokens + backbone.position_embedding(tokens)


def _check(backbone: Any, *, length: int) -> None:
    import keras_hub

    if not isinstance(backbone, keras_hub.models.BertBackbone):
        raise TrainingError(
            "fusion 'mmbt' attends with BERT itself: text.uri must be a BERT of KerasHub "
            "(keras_hub:…), whose segment embeddings tell image from text"
        )
    if length > backbone.max_sequence_length:
        raise TrainingError(
            f"fusion 'mmbt': the images' cells, [CLS] and [SEP] are {length} tokens, more than "
            f"BERT's {backbone.max_sequence_length} positions: take a smaller image.grid"
        )
