from __future__ import annotations

import pickle

from moderation.option_error import OptionError, marked, option
from pipelines.command.usage import UsageError, in_flags


def test_an_option_is_named_by_the_library_and_spelled_by_who_shows_the_error() -> None:
    error = OptionError(f"{option('run_id')} 'a b': choose another, or give {option('overwrite')}")
    assert str(error) == "run_id 'a b': choose another, or give overwrite"
    assert error.told(str.upper) == "RUN_ID 'a b': choose another, or give OVERWRITE"
    assert str(UsageError.of(error)) == "--run_id 'a b': choose another, or give --overwrite"
    assert in_flags(ValueError("as it is")) == "as it is"


def test_an_error_comes_out_of_a_worker_as_it_went_in() -> None:
    error = pickle.loads(pickle.dumps(OptionError(f"{option('policy')} 'p' cannot be read")))
    assert in_flags(error) == "--policy 'p' cannot be read"


def test_an_error_told_in_another_keeps_its_options() -> None:
    inner = OptionError(f"name it with {option('task')}")
    outer = OptionError(f"nothing was trained: {marked(inner)}")
    assert str(outer) == "nothing was trained: name it with task"
    assert in_flags(outer) == "nothing was trained: name it with --task"
    assert marked(OSError("as it is")) == "as it is"
