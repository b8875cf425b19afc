from __future__ import annotations

import json
import multiprocessing
import os
import resource
from pathlib import Path

import pytest

from moderation.review.decisions.file import open_decisions
from moderation.review.decisions.lines import DecisionsError
from schemas.decision_lines import DecisionLine
from tests.review.queues import key_of


def line(number: int = 1, **changes: object) -> DecisionLine:
    fields = {
        "item_id": str(number),
        "task": "hateful",
        "label": "hateful",
        "reviewer": "Ada",
        "decided_at": "2026-03-01T12:00:00+00:00",
        "kind": "meme",
        "content_key": key_of(number),
        "run_id": "r",
    }
    return DecisionLine.model_validate({**fields, **changes})


def test_lines_are_added_and_nothing_before_them_is_changed(tmp_path: Path) -> None:
    path = tmp_path / "new" / "decisions.jsonl"
    for number in range(3):
        before = path.read_bytes() if path.exists() else b""
        opened = open_decisions(str(path))
        assert [said.item_id for said in opened.said] == [str(n) for n in range(number)]
        opened.append([line(number)])
        opened.close()
        assert path.read_bytes().startswith(before)
    assert [json.loads(each)["item_id"] for each in path.read_text().splitlines()] == list("012")
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("cut", [1, 40])
def test_a_torn_last_line_is_set_aside_and_costs_no_other(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "decisions.jsonl"
    whole = line(1).model_dump_json().encode() + b"\n"
    torn = line(2).model_dump_json().encode()[:-cut]
    path.write_bytes(whole + torn)
    opened = open_decisions(str(path))
    assert (opened.torn, [said.item_id for said in opened.said]) == (len(torn), ["1"])
    opened.append([line(3)])
    assert path.read_bytes() == whole + line(3).model_dump_json().encode() + b"\n"
    assert (tmp_path / "decisions.jsonl.torn").read_bytes() == torn + b"\n"


def test_a_last_line_that_lacks_its_break_alone_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "decisions.jsonl"
    path.write_bytes(line(1).model_dump_json().encode())
    opened = open_decisions(str(path))
    opened.append([line(2)])
    assert opened.torn == 0
    assert [json.loads(each)["item_id"] for each in path.read_text().splitlines()] == ["1", "2"]


def test_zeros_that_a_crash_of_the_machine_left_are_torn_too(tmp_path: Path) -> None:
    path = tmp_path / "decisions.jsonl"
    whole = line(1).model_dump_json().encode() + b"\n"
    path.write_bytes(whole + b"\0" * 300)
    assert open_decisions(str(path)).torn == 300
    assert path.read_bytes() == whole


def test_a_line_in_the_middle_that_is_no_decision_is_told_and_nothing_changed(
    tmp_path: Path,
) -> None:
    path = tmp_path / "decisions.jsonl"
    good = line(1).model_dump_json()
    path.write_text(f'{good}\n{{"item_id": "2"}}\n{good}\n')
    before = path.read_bytes()
    with pytest.raises(DecisionsError, match=r"line 2 is no decision \(no 'reviewer'\)"):
        open_decisions(str(path))
    assert path.read_bytes() == before


def test_decisions_of_other_tools_are_read_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "decisions.jsonl"
    path.write_text(
        '{"item_id": 7, "task": "hateful", "label": 1, "reviewer": "b", "decided_at": 1767225600}\n'
    )
    [said] = open_decisions(str(path)).said
    assert (said.item_id, said.label, said.content_key) == ("7", "1", None)


def _try(path: str, told: multiprocessing.Queue[str]) -> None:
    try:
        open_decisions(path)
        told.put("opened")
    except DecisionsError as error:
        told.put(str(error))


def test_a_second_server_is_refused_and_may_have_the_file_afterwards(tmp_path: Path) -> None:
    path = str(tmp_path / "decisions.jsonl")
    opened = open_decisions(path)
    spawn = multiprocessing.get_context("fork")
    told = spawn.Queue()
    other = spawn.Process(target=_try, args=(path, told))
    other.start()
    assert "open in another process" in told.get(timeout=20)
    other.join()
    opened.close()
    open_decisions(path).close()


def test_what_cannot_be_written_whole_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "decisions.jsonl"

    def fill() -> None:
        opened = open_decisions(str(path))
        opened.append([line(1)])
        size = path.stat().st_size
        resource.setrlimit(resource.RLIMIT_FSIZE, (size + 50, size + 50))
        try:
            opened.append([line(2), line(3)])
        except OSError:
            os._exit(7)
        os._exit(0)

    import signal

    pid = os.fork()
    if not pid:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        fill()
    _, status = os.waitpid(pid, 0)
    assert os.waitstatus_to_exitcode(status) == 7
    assert [said.item_id for said in open_decisions(str(path)).said] == ["1"]
    assert path.read_bytes().count(b"\n") == 1
