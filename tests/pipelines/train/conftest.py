from __future__ import annotations

from pathlib import Path

import pytest

from tests.pipelines.trainings import QUICK, Trained, meme_set, pair_set, train


@pytest.fixture(scope="session")
def words(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Memes without pictures."""
    return meme_set(tmp_path_factory.mktemp("words"))


@pytest.fixture(scope="session")
def sets(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Examples of both kinds, with pictures."""
    return {
        "meme": meme_set(tmp_path_factory.mktemp("memes"), rows=80, pictures=True),
        "tweet_pair": pair_set(tmp_path_factory.mktemp("pairs")),
    }


@pytest.fixture(scope="session")
def quick(words: Path, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """One training, not disturbed."""
    done = train(words, tmp_path_factory.mktemp("quick") / "model", *QUICK, "--epochs", "3")
    assert done.code == 0
    return done
