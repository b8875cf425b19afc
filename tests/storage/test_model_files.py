"""A bundle on an object store, here a fake file system that Beam finds by its scheme."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from moderation.models.bundle import open_bundle
from moderation.models.halving import Tally
from moderation.models.loading import load
from moderation.models.types import ModelError, Scores
from schemas.records import Kind
from tests.models import fakes
from tests.storage.fake_store import FakeStore


@pytest.fixture
def store(tmp_path: Path) -> type[FakeStore]:
    FakeStore.root = tmp_path / "store"
    FakeStore.opened = []
    return FakeStore


def test_a_remote_bundle_is_opened_copied_once_and_scores(store: type[FakeStore]) -> None:
    fakes.export_both_kinds(store.root / "models" / "both")
    model = "fakestore://bucket/models/both"
    bundle = open_bundle(model)
    assert bundle.fingerprint == open_bundle(str(store.root / "models" / "both")).fingerprint
    before = len(store.opened)
    for kind, item in ((Kind.TWEET_PAIR, fakes.pair()), (Kind.MEME, fakes.meme())):
        (result,) = load(bundle).scorer(kind).score([item], batch_size=1, tally=Tally())
        assert isinstance(result, Scores)
    copied = store.opened[before:]
    assert sorted(copied) == sorted(set(copied))
    assert f"{model}/saved_model.pb" in copied


def test_a_bucket_without_the_model_says_so(store: type[FakeStore]) -> None:
    store.root.mkdir()
    with pytest.raises(ModelError, match="nothing is there"):
        open_bundle("fakestore://user:secret@bucket/none?token=secret")


def test_a_message_shows_no_secret_of_the_path() -> None:
    with pytest.raises(ModelError) as raised:
        open_bundle("noscheme://user:hidden@bucket/none?token=hidden")
    assert "noscheme://bucket/none" in str(raised.value)
    assert "hidden" not in str(raised.value)


def test_the_local_copy_goes_when_the_process_ends(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "a.txt").write_text("kept")
    script = (
        "from pathlib import Path\n"
        "from moderation.storage.model_files import local_copy\n"
        "from tests.storage.fake_store import FakeStore\n"
        f"FakeStore.root = Path({str(tmp_path)!r})\n"
        "copy = Path(local_copy('fakestore://bucket/one'))\n"
        "print(copy, (copy / 'a.txt').read_text())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    copy, content = done.stdout.split()
    assert content == "kept"
    assert not Path(copy).exists()
