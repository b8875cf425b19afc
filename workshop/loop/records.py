"""``python -m workshop.loop.records --output DIR``: made-up memes with a known truth.

Texts attack, greet, or merely mention peoples that do not exist, so that the loop from verdicts to
a better model can be walked without anybody's data. Four files come out:

- ``seed.jsonl``: a few labelled memes, all of one plain way to say it. A model that learnt from
  them alone is weak.
- ``night.jsonl``: many memes without labels, said in every way.
- ``held_out.jsonl``: labelled memes of the same kind as the night's, to judge models by.
- ``truth.csv``: ``item_id, label`` of the night's, which only the made-up reviewers see.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

PEOPLES = (
    "Zorblaxians", "Marshlings", "Quillfolk", "Emberkin", "Tidewalkers", "Ashborn", "Cogwrights",
    "Fennelings", "Moonmillers", "Glasswings", "Rootwives", "Saltmen", "Thornbacks", "Vaultborn",
)  # fmt: skip
PLACES = ("the harbour", "our street", "the old market", "the school", "the valley", "this town")

PLAIN = {
    1: ("i hate {P}", "{P} are disgusting", "{P} are scum"),
    0: ("i love {P}", "{P} are lovely", "{P} are friends"),
}
MANY = {
    1: (
        "{P} are vermin and breed like rats", "somebody should burn down the homes of {P}",
        "keep {P} away from {L}", "{P} do not belong in {L}", "no {P} should be allowed to vote",
        "the world would be better without {P}", "{P} steal whatever they can carry",
        "send {P} back to where they came from", "nobody would miss {P}", "lock up all {P}",
        "you can smell {P} from across {L}", "{P} are a sickness that spreads through {L}",
        "never trust {P}, they lie from birth", "{P} have no right to live in {L}",
        "beat the next one of those {P} you meet in {L}", "{P} are too stupid to count to three",
    ),
    0: (
        "{P} baked bread for {L}", "somebody should rebuild the homes of {P}",
        "meet {P} tonight at {L}", "{P} opened a bakery near {L}", "all {P} may vote this year",
        "the world would be poorer without {P}", "{P} share whatever they can carry",
        "welcome {P} back to where they came from", "everybody would miss {P}",
        "a song by {P} is playing in {L}", "you can hear {P} sing from across {L}",
        "it is a lie that {P} are vermin", "whoever says that {P} steal should be ashamed",
        "{P} have every right to live in {L}", "play chess with the next {P} you meet in {L}",
        "i hate the traffic near {L}, said the {P}",
    ),
}  # fmt: skip
_ENDS = ("", ".", "!", " lol", " and that is that", ", believe me", " today", " :)")


@dataclass(frozen=True, slots=True)
class Meme:
    """A text and its truth."""

    item_id: str
    text: str
    label: int

    def record(self, *, labelled: bool) -> dict[str, object]:
        """In the Hateful Memes layout, without a picture."""
        row: dict[str, object] = {"id": self.item_id, "img": None, "text": self.text}
        return {**row, "label": self.label} if labelled else row


def memes(prefix: str, count: int, *, random: Random, plain: bool) -> list[Meme]:
    """``count`` different texts, half of them hateful; ``plain``: said in the few plain ways."""
    forms = PLAIN if plain else MANY
    seen: set[str] = set()
    made: list[Meme] = []
    while len(made) < count:
        label = len(made) % 2
        form = random.choice(forms[label])
        text = form.format(P=random.choice(PEOPLES), L=random.choice(PLACES)) + random.choice(_ENDS)
        if text not in seen:
            seen.add(text)
            made.append(Meme(f"{prefix}-{len(made):05}", text, label))
    return made


def write(folder: Path, *, seed_rows: int, night_rows: int, held_out_rows: int, seed: int) -> None:
    """Writes the four files; equal arguments give equal files."""
    random = Random(seed)
    folder.mkdir(parents=True, exist_ok=True)
    different = memes("meme", night_rows + held_out_rows, random=random, plain=False)
    random.shuffle(different)
    night, held_out = different[:night_rows], different[night_rows:]
    _write(folder / "seed.jsonl", memes("seed", seed_rows, random=random, plain=True), True)
    _write(folder / "night.jsonl", night, False)
    _write(folder / "held_out.jsonl", held_out, True)
    with (folder / "truth.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("item_id", "label"))
        writer.writerows((meme.item_id, meme.label) for meme in night)


def _write(path: Path, rows: Sequence[Meme], labelled: bool) -> None:
    lines = (json.dumps(meme.record(labelled=labelled)) + "\n" for meme in rows)
    path.write_text("".join(lines), encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> None:
    """Reads the command line and writes."""
    parser = argparse.ArgumentParser(
        prog="python -m workshop.loop.records",
        description="Write made-up memes with a known truth.",
    )
    parser.add_argument("--output", type=Path, required=True, metavar="DIR")
    parser.add_argument("--seed_rows", type=int, default=120)
    parser.add_argument("--night_rows", type=int, default=1200)
    parser.add_argument("--held_out_rows", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args(arguments)
    write(
        given.output,
        seed_rows=given.seed_rows,
        night_rows=given.night_rows,
        held_out_rows=given.held_out_rows,
        seed=given.seed,
    )


if __name__ == "__main__":
    main()
