"""In which precision a thread's calls compute, and what is compared in which."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from moderation.models.calls import Result
from moderation.models.cutting.checked import CheckedCall
from moderation.models.features import Encoder, Part
from moderation.models.inputs import make_feeds
from moderation.models.precision import computing, current, expect_units, units
from moderation.models.savedmodel import TensorSpec
from moderation.models.scorer import Scorer
from moderation.models.types import ModelError, ModelItem, Scores
from schemas.card import InputSpec, TaskSpec
from schemas.precision import Precision, model_identity
from schemas.records import Kind

FLOAT32, BFLOAT16 = Precision.FLOAT32, Precision.BFLOAT16


def cpuinfo(folder: Path, flags: str) -> Path:
    file = folder / "cpuinfo"
    file.write_text(f"processor\t: 0\nmodel name\t: some\nflags\t\t: {flags}\nbugs\t:\n")
    return file


def test_units_are_told_from_the_processors_flags(tmp_path: Path) -> None:
    assert units(cpuinfo(tmp_path, "fpu avx512f avx512_bf16 amx_bf16 amx_tile")) == {
        "avx512_bf16",
        "amx_bf16",
    }
    assert units(cpuinfo(tmp_path, "fpu avx2 avx512_bf16x")) == set()
    assert units(tmp_path / "none") == set()


def test_a_machine_without_units_refuses_rather_than_computing_in_another_precision(
    tmp_path: Path,
) -> None:
    file = cpuinfo(tmp_path, "fpu avx2")
    expect_units(FLOAT32, cpuinfo=file)
    with pytest.raises(ModelError, match="compute in float32 here and in bfloat16 elsewhere"):
        expect_units(BFLOAT16, cpuinfo=file)
    expect_units(BFLOAT16, cpuinfo=cpuinfo(tmp_path, "fpu amx_bf16"))


def rewriting() -> int:
    """What TensorFlow is told of bfloat16 with this thread's next call."""
    from tensorflow.core.protobuf import config_pb2
    from tensorflow.python.eager.context import context

    told = context().function_call_options.config_proto_serialized
    options = config_pb2.ConfigProto.FromString(told).graph_options.rewrite_options
    return int(options.auto_mixed_precision_onednn_bfloat16)


def test_the_option_holds_for_one_thread_and_as_long_as_asked() -> None:
    from tensorflow.core.protobuf.rewriter_config_pb2 import RewriterConfig

    before = rewriting()
    seen: list[int] = []
    with computing(BFLOAT16):
        assert rewriting() == RewriterConfig.ON
        with computing(FLOAT32):
            assert (rewriting(), current()) == (before, FLOAT32)
        assert (rewriting(), current()) == (RewriterConfig.ON, BFLOAT16)
        other = threading.Thread(target=lambda: seen.append(rewriting()))
        other.start()
        other.join()
    assert seen == [before]
    assert (rewriting(), current()) == (before, FLOAT32)
    assert before != RewriterConfig.ON


WORDS = InputSpec(name="words", source="text", fields=("0",))
TASK = TaskSpec(
    name="hateful",
    kind=Kind.MEME,
    labels=("no", "yes"),
    signature="s",
    output="o",
    inputs=(WORDS.model_copy(update={"fields": ("text",)}),),
)


@dataclass
class Rounding:
    """Says what it is told; in bfloat16 something coarser, and coarser yet in parts."""

    coarse: float = 0.0
    tasks: tuple[TaskSpec, ...] = (TASK,)
    batch_size: int | None = None
    seen: list[Precision] = field(default_factory=list)

    def __call__(self, items: Sequence[ModelItem]) -> list[Result]:
        self.seen.append(current())
        off = self.coarse if current() is BFLOAT16 else 0.0
        return [Scores({"hateful": (0.5 + off, 0.5 - off)}) for _ in items]


ITEMS = [ModelItem(str(number), Kind.MEME, {"text": str(number)}) for number in range(20)]


def test_a_cut_model_stays_cut_where_only_bfloat16_rounds_its_parts_otherwise() -> None:
    joined, whole = Rounding(0.004), Rounding(0.001)
    call = CheckedCall(joined, whole)
    with computing(BFLOAT16):
        found = [call(ITEMS[:10]), call(ITEMS[10:]), call(ITEMS)]
    assert {result.probabilities["hateful"] for some in found for result in some} == {
        (0.504, 0.496)
    }
    assert whole.seen == [FLOAT32, FLOAT32]
    assert joined.seen == [BFLOAT16, FLOAT32, BFLOAT16, FLOAT32, BFLOAT16]


def test_a_scorer_computes_in_its_own_precision_and_leaves_the_threads_alone() -> None:
    from moderation.models.halving import Tally

    call = Rounding(0.1)
    Scorer([call], BFLOAT16).score(ITEMS, batch_size=8, tally=Tally())
    Scorer([call]).score(ITEMS, batch_size=20, tally=Tally())
    assert call.seen == [BFLOAT16] * 3 + [FLOAT32]
    assert current() is FLOAT32


def test_what_an_encoder_gave_in_one_precision_is_not_taken_for_another() -> None:
    import tensorflow as tf

    calls: list[Precision] = []

    def encode(words: tf.Tensor) -> dict[str, tf.Tensor]:
        calls.append(current())
        return {"out": tf.fill([tf.size(words), 2], 1.0 if current() is FLOAT32 else 2.0)}

    feeds = make_feeds(
        (WORDS,),
        tensors={"words": TensorSpec("words", "string", (None,))},
        vocabulary=lambda _: (),
        tokenizer_file=lambda _: b"",
    )
    encoder = Encoder(encode, feeds, (Part(("text",), {"out": "feature"}),))
    given = []
    for precision in (FLOAT32, BFLOAT16, FLOAT32, BFLOAT16):
        with computing(precision):
            given.append(float(encoder(ITEMS[:1])["feature"][0][0]))
    assert given == [1.0, 2.0, 1.0, 2.0]
    assert calls == [FLOAT32, BFLOAT16]


def test_scores_of_before_the_choice_were_made_in_float32() -> None:
    assert model_identity("f", None) == model_identity("f", FLOAT32) == "f"
    assert model_identity("f", BFLOAT16) != "f"
