from __future__ import annotations

import re
from collections import Counter

import numpy as np

from moderation.audit.build import RunFacts, build_audit
from moderation.audit.page import render
from moderation.audit.scores import count_scores
from moderation.audit.tally import Tally
from schemas.audit import Audit
from schemas.manifest import LeftOut, Parent

HOSTILE = "<script>alert('x')</script>\"><img src=x onerror=alert(1)>"


def an_audit(*, text: str = "plain", refusal: str | None = None) -> Audit:
    tally = Tally()
    tally.add("account", "scored", rows=3)
    tally.add("account", "duplicates", rows=1)
    tally.add("account", "dead_lettered", rows=2)
    tally.add("dead", "read", "invalid_json", rows=2)
    tally.add("source_dead", text, rows=2)
    tally.example("read", "invalid_json", (text, 7, text, text))
    tally.add("kind", "meme", rows=4)
    tally.add("decision", "meme", "flag", rows=4)
    tally.add("flag", "is_hateful", "true", rows=4)
    tally.add("image", "failed:timeout", rows=1)
    labels = ("not_hateful", "hateful")
    table = np.array([(0.03, 0.97)])
    count_scores(tally, "hateful", labels, table=table, rows=np.array([4]), first=np.array([True]))
    return build_audit(
        tally,
        Counter({text: 6}),
        facts=RunFacts("run-1", "2026-01-01", {"name": text, "tasks": {"t": text}}, {"v": text}),
        fetching={"fetches": 5},
        refusal=refusal,
        finished_at="2026-01-02",
        left_out=[LeftOut(why=f".{text} files", files=2, examples=[text])],
        parents=[Parent(run_id=text, path=text, letters=1_234, passed_on=34)],
    )


def test_the_account_is_counted_from_both_ends() -> None:
    audit = an_audit()
    assert audit.reconciles
    assert (audit.account.read, audit.account.scored, audit.account.duplicates) == (6, 3, 1)
    assert audit.dead_letters[0].examples[0].row == 7
    assert audit.sources[0].dead_lettered == 2


def test_the_page_shows_the_account_the_letters_and_the_histogram() -> None:
    page = render(an_audit())
    for shown in ("run-1", "invalid_json", "failed: timeout", "is_hateful", "<b>6</b>read"):
        assert shown in page
    assert "0.95 to 1.00: 4 rows" in page


def test_the_page_names_the_runs_whose_letters_were_driven_again() -> None:
    row = re.search(r"<tr><th scope=.row.><code>plain</code>.*1,200.*</tr>", render(an_audit()))
    assert row
    assert [part in row[0] for part in ("1,234", ">34<")] == [True, True]


def test_the_page_names_what_was_left_out_and_says_where_no_image_was_had() -> None:
    page = render(an_audit())
    assert "Left out of the inputs" in page
    assert ".plain files" in page
    assert "none of 1 images could be had</b>: see --image_timeout_s" in page


def test_nothing_from_a_record_is_markup_on_the_page() -> None:
    page = render(an_audit(text=HOSTILE, refusal=HOSTILE))
    assert "<script" not in page
    assert "<img" not in page
    assert "&lt;script&gt;" in page


def test_the_page_loads_nothing_from_elsewhere() -> None:
    page = render(an_audit())
    assert "default-src 'none'" in page
    assert not re.search(r"""(src|href)\s*=\s*"(?!#)|url\(|@import""", page)
