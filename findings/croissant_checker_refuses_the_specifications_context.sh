#!/usr/bin/env bash
# A Croissant description that writes the terms of schema.org as the specification 1.1 does is
# refused by the format's own checker, which takes them with https alone; of the version it takes
# http alone.
#
# mlcroissant 1.1.1, a description without files, its context as in the specification's appendix 1:
#   @vocab and sc http://schema.org/    "The current JSON-LD doesn't extend https://schema.org/Dataset."
#   @vocab and sc https://schema.org/   sound
#   conformsTo https://mlcommons.org/croissant/1.1 instead of http://…   refused: no valid version
# What to do: https for schema.org, http for mlcommons.org.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3.11}" -m venv "$work/env"
"$work/env/bin/python" -m pip install -q "mlcroissant==1.1.1"
seen=$(cd "$work" && "$work/env/bin/python" - 2> "$work/log" <<'PY'
import json

import mlcroissant


def verdict(*, schema, version):
    told = {
        "@context": {
            "@language": "en",
            "@vocab": schema,
            "sc": schema,
            "cr": "http://mlcommons.org/croissant/",
            "dct": "http://purl.org/dc/terms/",
            "conformsTo": "dct:conformsTo",
            "field": "cr:field",
            "recordSet": "cr:recordSet",
        },
        "@type": "sc:Dataset",
        "conformsTo": version,
        "name": "a set",
        "description": "Nothing yet.",
        "license": "https://spdx.org/licenses/CC0-1.0.html",
        "url": "https://sets.example/",
        "creator": {"@type": "sc:Organization", "name": "us"},
        "datePublished": "2026-01-31",
        "distribution": [],
        "recordSet": [],
    }
    with open("croissant.json", "w") as file:
        json.dump(told, file)
    try:
        return mlcroissant.Dataset(jsonld="croissant.json").metadata.name
    except mlcroissant.ValidationError as error:
        return "refused for its schema" if "https://schema.org/Dataset" in str(error) else "refused"


print(
    verdict(schema="http://schema.org/", version="http://mlcommons.org/croissant/1.1"),
    verdict(schema="https://schema.org/", version="http://mlcommons.org/croissant/1.1"),
    verdict(schema="https://schema.org/", version="https://mlcommons.org/croissant/1.1"),
    sep="; ",
)
PY
) || { cat "$work/log"; exit 1; }
echo "$seen"
[ "$seen" = "refused for its schema; a set; refused" ]
