"""Who made what the bundle was made from; goes into the card and its NOTICE."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Source:
    """One data set or model by others."""

    name: str
    source: str
    licence: str
    used_for: str
    credit: str


MINILM = Source(
    "all-MiniLM-L6-v2",
    "sentence-transformers/all-MiniLM-L6-v2",
    "Apache-2.0",
    "the text encoder: embeddings as they came, all layers trained further, int8",
    "The sentence-transformers project; after MiniLM-L6-H384-uncased by Nils Reimers",
)
HATEMOJI = Source(
    "hatemoji_build",
    "HannahKirk/Hatemoji",
    "CC-BY-4.0",
    "the head that gives p(hateful), its calibration and threshold",
    "Kirk, Vidgen, Röttger, Thrush and Hale: Hatemoji (2022), "
    "https://creativecommons.org/licenses/by/4.0/",
)
EDOS = Source(
    "EDOS",
    "rewire-online/edos",
    "CC0-1.0",
    "a second head that trains the same layers; some of its posts for the first head",
    "Kirk, Yin, Vidgen and Röttger: SemEval-2023 Task 10 (2023)",
)
DAVIDSON = Source(
    "hate-speech-and-offensive-language",
    "t-davidson/hate-speech-and-offensive-language",
    "MIT",
    "a third head that trains the same layers; some of its ordinary, offensive and hateful tweets "
    "for the first head",
    "Davidson, Warmsley, Macy and Weber (2017)",
)
POSTS = Source(
    "image-verification-corpus",
    "MKLab-ITI/image-verification-corpus",
    "Apache-2.0",
    "tweets about events in the news, as harmless ones for the head that gives p(hateful)",
    "Boididou, Papadopoulos and others (MediaEval 2016)",
)
TEMPLATES = Source(
    "unintended-ml-bias-analysis, phrases with identity words",
    "conversationai/unintended-ml-bias-analysis",
    "CC-BY-4.0",
    "for the head that gives p(hateful): its nontoxic phrases as harmless ones; of the toxic ones "
    "only those about a group as such",
    "Dixon, Li, Sorensen, Thain and Vasserman (2018), https://creativecommons.org/licenses/by/4.0/",
)
ENTAILMENT = Source(
    "recognizing-multimodal-entailment",
    "google-research-datasets/recognizing-multimodal-entailment, split of "
    "sayakpaul/Multimodal-Entailment-Baseline",
    "Apache-2.0",
    "entailment, by the texts alone: trees and kernel machine, and the net that reads a pair, from "
    "which a fifth was held back",
    "Google Research; Sayak Paul",
)
OUTSIDE = {
    "captions": Source(
        "SNLI, development part",
        "OanaMariaCamburu/e-SNLI",
        "CC-BY-SA-4.0 (SNLI); MIT (e-SNLI)",
        "the net that reads a pair: captions of pictures; a tenth was held back to judge by",
        "Bowman, Angeli, Potts and Manning (2015), https://creativecommons.org/licenses/by-sa/4.0/;"
        " Camburu, Rocktäschel, Lukasiewicz and Blunsom (2018)",
    ),
    "lexical": Source(
        "Breaking NLI",
        "BIU-NLP/Breaking_NLI",
        "CC-BY-SA-4.0",
        "the net that reads a pair: captions that differ in one word; three categories and a tenth "
        "were held back to judge by",
        "Glockner, Shwartz and Goldberg (2018), https://creativecommons.org/licenses/by-sa/4.0/",
    ),
    "negation": Source(
        "An Analysis of Natural Language Inference Benchmarks through the Lens of Negation",
        "mosharafhossain/negation-and-nli",
        "MIT",
        "the net that reads a pair: negated sentences; a tenth was held back to judge by",
        "Hossain, Kovatchev, Dutta, Kao, Wei and Blanco (2020)",
    ),
    "monotonicity": Source(
        "HELP",
        "verypluming/HELP",
        "CC-BY-SA-4.0",
        "the net that reads a pair: parts joined by and, or; a tenth was held back to judge by",
        "Yanaka, Mineshima, Bekki, Inui, Sekine, Abzianidze and Bos (2019), "
        "https://creativecommons.org/licenses/by-sa/4.0/",
    ),
}
"""Pairs by others, by the names of ``outside_pairs``."""
MEMES = Source(
    "propaganda-techniques-in-memes",
    "di-dimitrov/propaganda-techniques-in-memes",
    "BSD",
    "the eye, on a stand-in label (smears or name-calling, not hate), and the same-picture measure",
    "Dimitrov and others (2021)",
)
CONTRAST = Source(
    "contrast sentences",
    "this project's own, workshop/starter/sentences/memes",
    "Apache-2.0",
    "the head that gives p(hateful): sentences that differ in little and mean the opposite; a "
    "fourth of the forms was held back, for the calibration, the threshold and a figure",
    "The authors of moderation-pipeline",
)
PAIR_FORMS = Source(
    "pairs of our own",
    "this project's own, workshop/starter/sentences/pairs",
    "Apache-2.0",
    "the net that reads a pair: what implies, contradicts, or is neither; a fourth of the forms "
    "was held back to judge by. Beside them stand pairs made of ordinary posts and of posts "
    "about one event, which mostly have nothing to do with each other",
    "The authors of moderation-pipeline",
)
EMOJI_NAMES = Source(
    "CLDR short names of emoji",
    "Unicode CLDR, by way of the Python package emoji (BSD-3-Clause)",
    "Unicode-3.0",
    "the table that turns emoji into words",
    "Unicode, Inc.",
)

HELD = (MINILM, EMOJI_NAMES)
"""Parts that lie in the bundle."""

LEARNT_FROM = (
    HATEMOJI, EDOS, DAVIDSON, POSTS, TEMPLATES, CONTRAST, ENTAILMENT, *OUTSIDE.values(), PAIR_FORMS,
    MEMES,
)  # fmt: skip
"""Data the weights may be fitted to; none of it lies in the bundle."""


def notice(used: Collection[str]) -> str:
    """The bundle's NOTICE; ``used`` names the data sets that it was trained on."""
    return "\n".join(
        [
            "Starter bundle of moderation-pipeline",
            "Licensed under the Apache License, Version 2.0; see licences/Apache-2.0.txt.",
            "",
            "It holds, changed:",
            *(_entry(source) for source in HELD),
            "",
            "Its weights were fitted to these data sets, none of which it contains:",
            *(_entry(source) for source in LEARNT_FROM if source.name in used),
            "",
        ]
    )


def _entry(source: Source) -> str:
    return (
        f"* {source.name}\n  {source.credit}\n  {source.source}; {source.licence}\n"
        f"  Used for: {source.used_for}."
    )
