from __future__ import annotations

import io
import time

from moderation.audit.progress import progress, shown


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_sees_rows_rate_and_dead_letters() -> None:
    terminal = Terminal()
    with shown(stream=terminal, every_s=0.01):
        for _ in range(40):
            progress.read()
        progress.dead()
        progress.judged(20)
        time.sleep(0.2)
    line = terminal.getvalue()
    assert "judging" in line
    assert "20/39" in line
    assert "1 dead letters" in line
    assert "rows/s" in line


def test_what_is_no_terminal_sees_nothing() -> None:
    stream = io.StringIO()
    with shown(stream=stream, every_s=0.01):
        progress.read()
        time.sleep(0.1)
    assert stream.getvalue() == ""


def test_a_new_run_starts_from_nothing() -> None:
    progress.read()
    with shown(stream=io.StringIO()):
        assert progress.rows_read == 0


def test_rows_that_share_an_item_are_part_of_the_way() -> None:
    terminal = Terminal()
    with shown(stream=terminal, every_s=0.01):
        for _ in range(10):
            progress.read()
        progress.duplicates(4)
        progress.judged(6)
        time.sleep(0.2)
    assert "10/10" in terminal.getvalue()
