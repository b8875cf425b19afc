"""How much of the text of memes is read, and at what cost.

``python -m benchmarks.ocr.run MEMES.jsonl --image_root DIR``. Each meme goes through the image door
as in a run; what is read is compared with its ``text``. Printed are the recall of words (of each
meme's own words, as often as it has them, case and punctuation aside: mean, median and over all
words), their precision, how well the order is kept, and the seconds of the processor an image, all
processes and the decode included, at one reading at a time. ``--floor`` and ``--cost`` are bounds;
the exit status says whether they hold. With ``--beside`` the library with its own settings reads
the same pictures in this process, for a ratio that no busy machine moves.
"""

from __future__ import annotations

import argparse
import difflib
import json
import os
import re
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from moderation.images.door import DoorOptions, ImageDoor
from moderation.images.references import locate
from moderation.images.types import DecodedImage, Target
from moderation.ocr.reader import ReadText
from moderation.ocr.types import Reading

_WORD = re.compile(r"\w+(?:'\w+)*")


class Score(NamedTuple):
    """Of one meme."""

    found: int
    wanted: int
    read: int
    order: float


def main() -> int:
    """Read all; the exit status says whether the bounds hold."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("memes", type=Path)
    parser.add_argument("--image_root", type=Path)
    parser.add_argument("--most", type=int, default=None)
    parser.add_argument("--floor", type=float, default=0.88, help="of the mean recall of words")
    parser.add_argument("--cost", type=float, default=0.6, help="seconds of the processor an image")
    parser.add_argument("--beside", action="store_true")
    parser.add_argument("--show", type=float, default=0.0, help="memes below this recall")
    options = parser.parse_args()
    rows = [json.loads(line) for line in options.memes.open(encoding="utf-8")][: options.most]
    root = str(options.image_root or options.memes.parent)
    texts, seconds, endings = through_the_door(rows, root)
    mean = told("read through the door", rows, texts, seconds)
    print("  " + ", ".join(f"{count} {name}" for name, count in endings.items()))
    for row, text in zip(rows, texts, strict=True):
        score = compared(row["text"], text)
        if score.wanted and score.found < options.show * score.wanted:
            print(f"  {row['id']}: {row['text']!r}\n    {text!r}")
    if options.beside:
        told("the library as it comes", rows, *by_the_library(rows, root))
    return int(mean < options.floor or seconds > options.cost)


def through_the_door(
    rows: list[dict[str, Any]], root: str
) -> tuple[list[str], float, Counter[str]]:
    """What is read of each, and the seconds of the processor an image."""
    target = Target(128, 128, further=(ReadText(processes=1),))
    with ImageDoor(DoorOptions(decode_threads=1)) as door:
        refs = [locate("img", row["img"], root=root) for row in rows]
        door.submit(refs[0], target).result()
        before = own_and_children()
        done = [door.submit(ref, target) for ref in refs]
        readings = [reading(future.result()) for future in done]
        seconds = (own_and_children() - before) / len(rows)
    return (
        [each.text or "" for each in readings],
        seconds,
        Counter(each.ending.value for each in readings),
    )


def reading(outcome: Any) -> Reading:
    assert isinstance(outcome, DecodedImage), outcome
    found = outcome.made["text"]
    assert isinstance(found, Reading), found
    return found


def by_the_library(rows: list[dict[str, Any]], root: str) -> tuple[list[str], float]:
    """The same by its defaults but for one thread, from the file."""
    import numpy as np
    from PIL import Image
    from rapidocr import RapidOCR

    names = ("intra_op_num_threads", "inter_op_num_threads")
    params: dict[str, Any] = {f"EngineConfig.onnxruntime.{name}": 1 for name in names}
    engine = RapidOCR(params={**params, "Global.log_level": "critical"})
    pictures = [
        np.asarray(Image.open(Path(root, row["img"])).convert("RGB"))[:, :, ::-1].copy()
        for row in rows
    ]
    engine(pictures[0])
    before = time.process_time()
    texts = [" ".join(engine(picture).txts or ()) for picture in pictures]
    return texts, (time.process_time() - before) / len(rows)


def told(name: str, rows: list[dict[str, Any]], texts: Iterable[str], seconds: float) -> float:
    """Print a side's figures; its mean recall."""
    scores = [compared(row["text"], text) for row, text in zip(rows, texts, strict=True)]
    some = [score for score in scores if score.wanted]
    each = [score.found / score.wanted for score in some]
    found, wanted, read = (sum(score[field] for score in some) for field in range(3))
    mean = statistics.mean(each)
    print(
        f"{name}: {len(some)} memes, recall of words mean {mean:.3f}, median "
        f"{statistics.median(each):.3f}, over all words {found / wanted:.3f}; precision "
        f"{found / max(read, 1):.3f}; order {statistics.mean(s.order for s in some):.3f}; "
        f"{seconds:.3f} s of the processor an image"
    )
    return mean


def compared(wanted: str, read: str) -> Score:
    """Words as often as they stand there; and how much of their order is kept."""
    one, other = words(wanted), words(read)
    order = difflib.SequenceMatcher(None, one, other, autojunk=False).ratio()
    common = Counter(one) & Counter(other)
    return Score(common.total(), len(one), len(other), order)


def words(text: str) -> list[str]:
    return _WORD.findall(text.lower().replace("’", "'"))


def own_and_children() -> float:
    """Seconds of the processor of this process and those that it started."""
    own = time.process_time()
    ticks = os.sysconf("SC_CLK_TCK")
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[1]) == os.getpid():
            own += (int(fields[11]) + int(fields[12])) / ticks
    return own


if __name__ == "__main__":
    sys.exit(main())
