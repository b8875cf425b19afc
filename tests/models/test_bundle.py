"""Opening a model: what is told of it."""

from __future__ import annotations

import gzip
import hashlib
import os
import pickle
import subprocess
import sys
from pathlib import Path

from moderation.models.bundle import Bundle, open_bundle
from moderation.models.loading import load
from moderation.models.savedmodel import read_signatures
from moderation.models.targets import image_targets
from moderation.models.types import BareOptions, ImageTarget
from moderation.models.vocabulary import shipped_vocabulary
from schemas.records import ENTAILMENT_LABELS, Kind
from tests.models import fakes
from tests.models.bundles import LABELS


def test_signatures_are_read_as_tensorflow_reads_them(bare: str, carded: str) -> None:
    import tensorflow as tf

    for model in (bare, carded):
        ours = read_signatures(Path(model, "saved_model.pb").read_bytes())
        theirs = tf.saved_model.load(model).signatures
        assert set(ours) == set(theirs)
        for name, function in theirs.items():
            pairs = (
                (ours[name].inputs, function.structured_input_signature[1]),
                (ours[name].outputs, function.structured_outputs),
            )
            for read, loaded in pairs:
                assert {each: (spec.dtype, spec.shape) for each, spec in read.items()} == {
                    each: (spec.dtype.name, tuple(spec.shape)) for each, spec in loaded.items()
                }


def test_the_fingerprint_is_the_digest_of_names_and_digests(carded: str) -> None:
    lines = sorted(
        (path.relative_to(carded).as_posix(), hashlib.sha256(path.read_bytes()).hexdigest())
        for path in Path(carded).rglob("*")
        if path.is_file()
    )
    listing = "".join(f"{digest}  {name}\n" for name, digest in lines)
    assert open_bundle(carded).fingerprint == hashlib.sha256(listing.encode()).hexdigest()
    assert open_bundle(carded + "/").fingerprint == open_bundle(carded).fingerprint


def test_what_changes_the_scores_changes_the_fingerprint(bare: str, tmp_path: Path) -> None:
    vocab = tmp_path / "vocab.txt"
    vocab.write_text("\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "one", "two"]) + "\n")
    options = [
        LABELS,
        BareOptions(labels=tuple(reversed(ENTAILMENT_LABELS))),
        BareOptions(labels=ENTAILMENT_LABELS, image_range="0..1"),
        BareOptions(labels=ENTAILMENT_LABELS, cased=True),
        BareOptions(labels=ENTAILMENT_LABELS, vocab=str(vocab)),
    ]
    fingerprints = [open_bundle(bare, bare=each).fingerprint for each in options]
    assert len(set(fingerprints)) == len(options)
    assert fingerprints[0] == open_bundle(bare, bare=LABELS).fingerprint


def test_a_bundle_travels_small_and_whole(bare: str, tmp_path: Path) -> None:
    vocab = tmp_path / "vocab.txt"
    vocab.write_bytes("\n".join(shipped_vocabulary()).encode())
    bundle = open_bundle(bare, bare=BareOptions(labels=ENTAILMENT_LABELS, vocab=str(vocab)))
    vocab.unlink()
    content = pickle.dumps(bundle)
    assert len(content) < 150_000
    travelled: Bundle = pickle.loads(content)
    assert travelled == bundle
    assert load(travelled).scorer(Kind.TWEET_PAIR) is not None


def test_an_own_vocabulary_gives_its_own_ids(bare: str, tmp_path: Path) -> None:
    vocab = tmp_path / "vocab.txt"
    vocab.write_text("\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "one", "##two"]) + "\n")
    bundle = open_bundle(bare, bare=BareOptions(labels=ENTAILMENT_LABELS, vocab=str(vocab)))
    feeds = load(bundle).scorer(Kind.TWEET_PAIR).calls[0].whole.feeds
    ids = feeds([fakes.pair(texts=("onetwo", "three"))])["input_word_ids"].numpy()[0]
    assert ids[:6].tolist() == [2, 4, 5, 3, 1, 3]


def test_image_targets_name_the_fields_that_the_model_looks_at(bare: str, carded: str) -> None:
    target = ImageTarget(8, 8, "tf_bilinear", reduced_decode=False)
    card = open_bundle(bare, bare=LABELS).card
    assert image_targets(card, Kind.TWEET_PAIR) == {"image_1": target, "image_2": target}
    assert image_targets(card, Kind.MEME) == {}
    assert image_targets(open_bundle(carded).card, Kind.MEME) == {"img": ImageTarget(8, 8)}


def test_the_shipped_vocabulary_is_that_of_uncased_bert() -> None:
    packed = Path("moderation/models/vocab/uncased.txt.gz").read_bytes()
    assert (
        hashlib.sha256(gzip.decompress(packed)).hexdigest()
        == "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3"
    )
    vocabulary = shipped_vocabulary()
    assert len(vocabulary) == 30_522
    assert vocabulary[101:103] == ("[CLS]", "[SEP]")


def test_opening_needs_neither_tensorflow_nor_beam(bare: str) -> None:
    script = (
        "import sys\n"
        "from moderation.models.bundle import open_bundle\n"
        "from moderation.models.types import BareOptions\n"
        f"open_bundle({bare!r}, bare=BareOptions(labels={ENTAILMENT_LABELS!r}))\n"
        "found = {'tensorflow', 'apache_beam', 'keras'} & set(sys.modules)\n"
        "sys.exit(', '.join(found) or None)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert (done.stderr.strip(), done.returncode) == ("", 0)


def test_loading_writes_nothing_unless_verbose(bare: str) -> None:
    script = (
        "from moderation.models.bundle import open_bundle\n"
        "from moderation.models.loading import warm_up\n"
        "from moderation.models.types import BareOptions\n"
        "from schemas.records import Kind\n"
        f"bundle = open_bundle({bare!r}, bare=BareOptions(labels={ENTAILMENT_LABELS!r}))\n"
        "warm_up(bundle, [Kind.TWEET_PAIR])\n"
    )
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TF_")}
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, env=environment
    )
    assert (done.stdout, done.stderr) == ("", "")
