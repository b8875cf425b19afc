"""What a bundle is not built again from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import tensorflow as tf

from moderation.starter import bundle_path
from tests.training import rewriting
from workshop.starter import rebuild


def test_a_folder_that_holds_something_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", "utf-8")
    with pytest.raises(FileExistsError, match="not empty"):
        rebuild.build_again(bundle_path(), tmp_path, examples=["none"])


class _Moved:
    """A model whose p(hateful) is a little higher for each text than the bundle's."""

    def __init__(self, bundle: Any, by: float) -> None:
        self._bundle, self._by = bundle, by

    def hate_logits(self, texts: Any) -> Any:
        return self._bundle.hate_logits(texts) + self._by


def test_a_graph_that_moves_hateful_is_refused() -> None:
    bundle = tf.saved_model.load(str(bundle_path()))

    with rewriting.spared():
        rebuild.expect_hateful_unmoved(_Moved(bundle, 1e-7), bundle)
        with pytest.raises(ValueError, match=r"hateful moved by 0\.001"):
            rebuild.expect_hateful_unmoved(_Moved(bundle, 1e-3), bundle)
