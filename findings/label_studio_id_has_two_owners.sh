#!/usr/bin/env bash
# Label Studio's small exports disagree about whose `id` it is.
#
# label-studio-sdk 2.1.2, its converter over one project whose tasks' data have an `id` of their own:
#   JSON_MIN  id = 101      the tool's number of the task, written over the data's
#   CSV       id = post-7   the data's, written over the tool's
# A project whose data have no `id` gets the tool's in both. So a column `id` leads to the item in one
# file and to some other item in the other, as soon as ids are numbers; nothing in either file tells.
# A control that nobody ticked has no key in JSON_MIN: a key of the data with its name stays there,
# with an annotator and a date beside it.
# What to do: keep ids in the data under another name (`item_id`), and read the full JSON.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/env"
"$work/env/bin/python" -m pip --quiet --disable-pip-version-check install label-studio-sdk==2.1.2
cd "$work"
env/bin/python - <<'PY' 2>/dev/null
import csv
import json
import sys
from importlib.metadata import version

from label_studio_sdk.converter import Converter

CONFIG = (
    '<View><Text name="t" value="$text"/><Choices name="verdict" toName="t">'
    '<Choice value="fine"/><Choice value="bad"/></Choices></View>'
)
unticked = {
    "id": 5,
    "completed_by": {"id": 1, "email": "ada@people.example"},
    "result": [],
    "was_cancelled": False,
    "created_at": "2026-11-01T08:00:00Z",
    "updated_at": "2026-11-01T08:00:00Z",
    "lead_time": 1.0,
}
data = {"id": "post-7", "text": "words", "verdict": "bad"}
with open("config.xml", "w") as file:
    file.write(CONFIG)
with open("tasks.json", "w") as file:
    json.dump([{"id": 101, "annotations": [unticked], "data": data}], file)
converter = Converter("config.xml", ".")
converter.convert_to_json_min("tasks.json", "min", is_dir=False)
converter.convert_to_csv("tasks.json", "table.csv", is_dir=False, sep=",")
with open("min/result.json") as file:
    [small] = json.load(file)
with open("table.csv", newline="") as file:
    [row] = csv.DictReader(file)
print(f"label-studio-sdk {version('label-studio-sdk')}")
print(f"JSON_MIN id {small['id']}, CSV id {row['id']}")
print(f"verdict of nobody: {small['verdict']} by {small['annotator']}")
seen = (small["id"], row["id"], small["verdict"], small["annotator"])
sys.exit(seen != (101, "post-7", "bad", "ada@people.example"))
PY
