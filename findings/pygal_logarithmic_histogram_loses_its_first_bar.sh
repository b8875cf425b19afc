#!/usr/bin/env bash
# pygal's logarithmic histogram takes the logarithm of the wrong axis too, and loses the bar at 0.
#
# pygal 3.1.3: Histogram(logarithmic=True) with bars of 9 from 0 to 0.5 and of 50 from 0.5 to 1
# draws one bar, that of 50, over the whole width; its axis of values begins at 0.5. Without the
# option there are both, each half as wide as the chart. The documentation has the option for "values
# in logarithmic scale"; a histogram's bins are spaced by it as well, and what begins at 0 has no
# logarithm and is left out without a word. A distribution over 0 to 1 so loses its first, and most
# often fullest, bin.
# What to do: log10(1 + count) as the height, and marks of one's own on the axis.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/env"
"$work/env/bin/python" -m pip --quiet --disable-pip-version-check install pygal==3.1.3
cd "$work"
env/bin/python - <<'PY'
import re
import sys

import pygal


def drawn(logarithmic):
    chart = pygal.Histogram(js=[], show_legend=False, logarithmic=logarithmic)
    chart.add("counts", [(9, 0, 0.5), (50, 0.5, 1)])
    svg = chart.render(is_unicode=True)
    widths = re.findall(r'width="([\d.]+)"[^>]*class="rect reactive', svg)
    return re.findall(r'class="value">([^<]*)', svg), [round(float(width)) for width in widths]


print(f"pygal {pygal.__version__}: value and left end of each bar, then widths in pixels")
print("linear     ", *(linear := drawn(False)))
print("logarithmic", *(logarithmic := drawn(True)))
sys.exit((linear, logarithmic) != ((["9: 0", "50: 0.5"], [355, 355]), (["50: 0.5"], [732])))
PY
