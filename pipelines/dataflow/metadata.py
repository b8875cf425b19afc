"""What a Flex Template says of its parameters, made from the options of ``pipelines.score``.

``python -m pipelines.dataflow.metadata [FILE]`` writes it, by default where deploy/ has it.
"""

from __future__ import annotations

import json
import sys
from argparse import Action, ArgumentTypeError
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any

from pipelines.dataflow.reach import NEEDED, REACHED
from pipelines.score.options import ScoreOptions

LEFT_OUT = ("dry_run", "no_progress", "slice_rows")
"""What means nothing to a launcher: it has no terminal, must submit, and scores no slice itself."""
PLACE = Path("deploy/dataflow/metadata.json")
_HELP = {
    "input": "records on gs://: files, folders or patterns of Parquet, JSONL and CSV (the last two "
    "also .gz, .bz2, .zst), pictures alone, or a run's dead letters",
    "output": "folder on gs:// that the run's directory goes into",
}
"""Of options whose help is about this machine."""
_SEVERAL = "several with blanks between them, quoted as on a command line"
_BANK = "[A-Za-z0-9][A-Za-z0-9_.-]*=((pdq|md5|sha256):)?"
_PROBES = ("1", "7", "0.5")
_NUMBERS: dict[type, str] = {
    int: "^[0-9]+$",
    float: "^([0-9]+([.][0-9]*)?|[.][0-9]+)$",
}


@cache
def parameters() -> dict[str, Action]:
    """By name of a parameter, the flag of ``pipelines.score`` that takes it."""
    known = {each.name for each in fields(ScoreOptions)} - {*LEFT_OUT}
    flags = ScoreOptions.parser()._actions
    return {parameter_of(each): each for each in flags if each.dest in known}


def parameter_of(flag: Action) -> str:
    """A parameter's name: the flag's last spelling, which no flag of Beam's has."""
    return flag.option_strings[-1].removeprefix("--")


def takes_several(flag: Action) -> bool:
    """Whether a flag takes any number of values, of which a parameter has one text."""
    return flag.nargs == "+"


def metadata() -> dict[str, Any]:
    """As Dataflow's ``TemplateMetadata``, in JSON."""
    parser = ScoreOptions.parser()
    groups = {
        flag.dest: str(group.title)
        for group in parser._action_groups
        for flag in group._group_actions
    }
    formatter = parser._get_formatter()
    return {
        "name": "Content moderation: score",
        "description": f"{ScoreOptions.DESCRIPTION.split('. ')[0]}.",
        "parameters": [
            {
                "name": name,
                "label": name.replace("_", " ").capitalize(),
                "helpText": _help(flag, " ".join(formatter._expand_help(flag).split())),
                "isOptional": flag.dest not in NEEDED,
                "groupName": groups[flag.dest],
                **_kind(flag),
                **_default(flag),
            }
            for name, flag in parameters().items()
        ],
    }


def _kind(flag: Action) -> dict[str, Any]:
    """How a parameter is entered, and what of its text Dataflow can check."""
    if flag.nargs == 0:
        return {"paramType": "BOOLEAN", "regexes": ["^(true|false)$"]}
    if flag.choices:
        words = [str(each) for each in flag.choices]
        options = [{"value": word, "label": word} for word in words]
        return {"paramType": "ENUM", "regexes": [_one_of(words)], "enumOptions": options}
    if flag.dest in REACHED:
        quote = "['\"]?" if takes_several(flag) else ""
        stored = f"^{quote}{_BANK if flag.dest == 'hash_bank' else ''}gs://.+$"
        words = [*REACHED[flag.dest]]
        pattern = f"{stored}|{_one_of(words)}" if words else stored
        kind = {"output": "GCS_WRITE_FOLDER", "policy": "GCS_READ_FILE"}.get(flag.dest, "TEXT")
        return {"paramType": kind, "regexes": [pattern]}
    if number := next(filter(None, map(_NUMBERS.get, map(type, _made(flag)))), None):
        return {"paramType": "NUMBER", "regexes": [number]}
    return {"paramType": "TEXT"}


def _one_of(words: list[str]) -> str:
    return f"^({'|'.join(word.replace('.', '[.]') for word in words)})$"


def _made(flag: Action) -> Iterator[Any]:
    """What a flag makes of texts that are numbers."""
    read: Any = flag.type or str
    for text in _PROBES:
        with suppress(ValueError, ArgumentTypeError):
            yield read(text)


def _help(flag: Action, told: str) -> str:
    told = _HELP.get(flag.dest, told)
    return f"{told}; {_SEVERAL}" if takes_several(flag) else told


def _default(flag: Action) -> dict[str, str]:
    if flag.default in (None, "") or flag.dest in NEEDED:
        return {}
    text = str(flag.default)
    return {"defaultValue": text.lower() if flag.nargs == 0 else text}


def write(place: Path) -> None:
    """Write the metadata."""
    text = json.dumps(metadata(), indent=2, ensure_ascii=False) + "\n"
    place.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else PLACE)
