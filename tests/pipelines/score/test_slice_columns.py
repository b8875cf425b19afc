from __future__ import annotations

from pathlib import Path

import pytest

from moderation.audit.keyed.members import SliceBy
from moderation.audit.slice_columns import parse_slices
from moderation.records.layout import Layout
from moderation.storage.listing import find_inputs
from pipelines.command.usage import UsageError
from pipelines.score.slice_columns import look_for
from tests.pipelines.scoring import memes, write_jsonl


def look(path: str, columns: str) -> list[str]:
    by = SliceBy(parse_slices(columns), ("is_hateful",))
    return look_for(by, find_inputs((path,)).files, Layout(), max_row_bytes=10_000)


def table(folder: Path) -> str:
    path = folder / "memes.csv"
    path.write_text("id,img,text,lang\n" + "".join(f"{n},,hello,en\n" for n in range(30)))
    return str(path)


def test_a_column_that_a_table_has_not_is_an_error_that_names_those_it_has(tmp_path: Path) -> None:
    assert look(table(tmp_path), "lang") == []
    with pytest.raises(UsageError, match=r"langue: no record has such a column; .* have lang"):
        look(table(tmp_path), "lang,langue:day")


def test_lines_that_were_all_looked_at_are_as_sure_and_further_ones_only_a_word(
    tmp_path: Path,
) -> None:
    few, many = (write_jsonl(tmp_path / f"{n}.jsonl", memes(n)) for n in (5, 50))
    with pytest.raises(UsageError, match=r"lang: no record has such a column; .* have none"):
        look(few, "lang")
    [told] = look(many, "lang")
    assert "none of the first 20 records that were looked at has such a column" in told
