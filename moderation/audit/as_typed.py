"""Paths as a person typed them: an audit that is passed on tells nothing of the machine.

Inside a run paths are absolute, so that verdicts and dead letters lead back from wherever they are
read. The audit is read by people elsewhere: what lies under the folder that the run was started in
is told from there, and the sample from where the packages lie.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from moderation.samples import SAMPLE_DIR
from schemas.audit import Audit

_WORDS = frozenset({"texts", "text", "bank_text"})
"""Of records: they stay as they are told."""


def as_typed(audit: Audit, started_in: str) -> Audit:
    """The audit with the paths in it told from a folder; ``started_in``: absolute."""
    packages = str(Path(SAMPLE_DIR).parent.parent)
    folders = [re.escape(each) for each in (started_in, packages) if each.strip("/")]
    if not folders:
        return audit
    path = re.compile(rf"(?<![\w.~/-])(?:{'|'.join(folders)})(?:/|(?![\w.-]))")
    plain = audit.model_dump()
    return Audit.model_validate(_told(plain, lambda text: path.sub(_beginning, text)))


def _beginning(found: re.Match[str]) -> str:
    return "" if found[0].endswith("/") else "."


def _told(value: Any, tell: Callable[[str], str]) -> Any:
    if type(value) is str:
        return tell(value)
    if isinstance(value, dict):
        return {k: v if k in _WORDS else _told(v, tell) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_told(each, tell) for each in value)
    return value
