from __future__ import annotations

import pytest

from moderation.audit.images import outcomes
from moderation.datasets.stats import image_outcomes
from moderation.option_error import option
from moderation.runs.gates import Gates
from pipelines.command.summary_lines import image_lines


def test_outcomes_leave_out_what_nobody_wanted() -> None:
    statuses = {"ok": 3, "failed:dns": 1, "failed:not_found": 2, "absent": 9, "unused": 9}
    assert list(outcomes(statuses).items()) == [("ok", 3), ("not_found", 2), ("dns", 1)]
    assert outcomes({"absent": 4, "unused": 1}) == {}


def test_images_of_lost_rows_are_counted_with_those_of_written_ones() -> None:
    by_field = {"image_1": {"ok": 2}, "image_2": {"failed:gone": 1, "absent": 1}}
    letters = [
        ("fetch", "gone", 2),
        ("decode", "corrupt", 1),
        ("fetch", "no_image", 5),
        ("read", "invalid_json", 7),
    ]
    assert image_outcomes(by_field, letters) == {"ok": 2, "gone": 3, "corrupt": 1}


@pytest.mark.parametrize(("ratio", "holds"), [(1.0, True), (0.5, True), (0.49, False), (0, False)])
def test_more_missing_images_than_the_budget_break_the_gate(ratio: float, holds: bool) -> None:
    why = Gates(max_missing_image_ratio=ratio).images_lost({"ok": 2, "not_found": 2})
    assert (why is None) is holds
    if why:
        assert "2 of 4 images could not be had (50.0%: 2 not_found)" in why
        assert f"{option('max_missing_image_ratio')} {ratio:g}" in why
        assert "--image_root" in why


@pytest.mark.parametrize("hundredths", range(1, 100))
def test_a_share_that_is_the_budget_holds_and_one_more_breaks_it(hundredths: int) -> None:
    gates = Gates(max_missing_image_ratio=hundredths / 100)
    assert gates.images_lost({"ok": 100 - hundredths, "gone": hundredths}) is None
    assert gates.images_lost({"ok": 99 - hundredths, "gone": hundredths + 1}) is not None


def test_a_remedy_is_told_for_what_made_most_images_fail_alone() -> None:
    gates = Gates(max_missing_image_ratio=0)
    assert "--image_root" in (gates.images_lost({"not_found": 3, "dns": 2}) or "")
    assert "see " not in (gates.images_lost({"not_found": 2, "dns": 1, "gone": 1}) or "")


def test_a_run_that_wants_no_image_breaks_no_gate() -> None:
    assert Gates(max_missing_image_ratio=0).images_lost({}) is None


def test_the_terminal_says_images_by_outcome_and_warns_where_there_are_none() -> None:
    assert image_lines({}, instead="x") == []
    assert image_lines({"ok": 1200, "gone": 1}, instead="x") == ["  images: 1,200 ok, 1 gone"]
    lines = image_lines({"blocked_host": 62}, instead="verdicts are by texts alone")
    assert lines == [
        "  images: 62 blocked_host",
        "  warning: none of 62 images could be had, verdicts are by texts alone; "
        "see --allow_hosts, --deny_hosts and --allowed_ports",
    ]
    many = {str(n): 1 for n in range(9)}
    assert image_lines(many, instead="x")[0].endswith(", 3 others")
