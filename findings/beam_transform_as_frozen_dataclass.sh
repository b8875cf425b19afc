#!/usr/bin/env bash
# A Beam transform or DoFn that is a frozen dataclass fails where it is applied, not where it is made.
#
# apache-beam 2.77.0, Python, DirectRunner (FnApiRunner), one field, no __init__ of its own:
#   PTransform, @dataclass(frozen=True)    made without a word; `"Name" >> it` raises FrozenInstanceError
#                                          "cannot assign to field 'label'": Beam names transforms by assigning
#   DoFn, @dataclass(frozen=True)          made without a word; ParDo raises FrozenInstanceError: Beam keeps
#                                          the type hints that it found in '_type_hints'
#   both, @dataclass(eq=False)             work, though super().__init__() is never called
# What to do: @dataclass(eq=False), which keeps the hash that Beam's graph wants, and assign to no field.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/env"
"$work/env/bin/python" -m pip --quiet --disable-pip-version-check install apache-beam==2.77.0
cd "$work"
cat > forms.py <<'PY'
import dataclasses

import apache_beam as beam

FROZEN = dataclasses.dataclass(frozen=True)
PLAIN = dataclasses.dataclass(eq=False)


def forms(decorate):
    class Add(beam.PTransform):
        number: int

        def expand(self, rows):
            return rows | beam.Map(lambda row, number: row + number, self.number)

    class AddEach(beam.DoFn):
        number: int

        def process(self, row):
            yield row + self.number

    return decorate(Add), decorate(AddEach)


FrozenAdd, FrozenAddEach = forms(FROZEN)
PlainAdd, PlainAddEach = forms(PLAIN)
PY
env/bin/python - <<'PY' 2>/dev/null
import sys
from dataclasses import FrozenInstanceError

import apache_beam as beam
import forms
from apache_beam.runners.portability.fn_api_runner import FnApiRunner
from apache_beam.testing.util import assert_that, equal_to


def outcome(apply):
    try:
        with beam.Pipeline(FnApiRunner()) as pipeline:
            assert_that(apply(pipeline | beam.Create([1])), equal_to([3]))
    except FrozenInstanceError as error:
        return str(error)
    return "works"


frozen, each = forms.FrozenAdd(2), forms.FrozenAddEach(2)  # nothing is wrong yet
seen = {
    "frozen PTransform": outcome(lambda rows: rows | "Add" >> frozen),
    "frozen DoFn": outcome(lambda rows: rows | beam.ParDo(each)),
    "eq=False PTransform": outcome(lambda rows: rows | "Add" >> forms.PlainAdd(2)),
    "eq=False DoFn": outcome(lambda rows: rows | beam.ParDo(forms.PlainAddEach(2))),
}
print(f"apache-beam {beam.__version__}: {seen}")
works = [text == "works" for text in seen.values()]
sys.exit(works != [False, False, True, True])
PY
