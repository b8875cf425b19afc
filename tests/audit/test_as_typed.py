from __future__ import annotations

from pathlib import Path

from moderation.audit.as_typed import as_typed
from moderation.samples import sample_inputs
from schemas.audit import Audit
from tests.audit.test_page import an_audit


def typed(text: str, folder: str = "/home/user/work") -> Audit:
    return as_typed(an_audit(text=text), folder)


def test_what_lies_under_the_folder_of_the_start_is_told_from_there() -> None:
    found = typed("/home/user/work/in/a.jsonl")
    assert found.policy == {"v": "in/a.jsonl"}
    assert found.parents[0].path == "in/a.jsonl"
    assert found.sources[0].source == "in/a.jsonl"
    assert found.dead_letters[0].examples[0].message == "in/a.jsonl"
    told = typed("no run under /home/user/work, see '/home/user/work/a': /home/user/work/b/c")
    assert told.sources[0].source == "no run under ., see 'a': b/c"


def test_what_lies_elsewhere_stays_as_it_was_typed() -> None:
    for path in ("/home/user/works/a", "/data/home/user/work/a", "gs://b/home/user/work/a", "a/b"):
        assert typed(path).sources[0].source == path
    assert as_typed(an_audit(text="/a/b"), "/") == an_audit(text="/a/b")


def test_the_sample_is_told_from_its_package() -> None:
    here = str(Path(__file__).parents[2])
    assert here in sample_inputs()[0]
    assert typed(sample_inputs()[0]).sources[0].source == "moderation/samples/tweet_pairs.csv"
