"""The bundle's card: how records feed it, what it was trained on, what it has never seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from moderation.starter.text_rules import DESCRIPTION
from schemas.card import Calibration, Card, ImageSpec, InputSpec, TaskSpec
from schemas.records import ENTAILMENT_LABELS, Kind
from workshop.starter.model import SAME_PICTURE_REACH
from workshop.starter.picture_net import REACH
from workshop.starter.pictures import SIDE
from workshop.starter.same_words import LEFT

HATEFUL_LABELS = ("not_hateful", "hateful")
_WEAKEST = 6


@dataclass(frozen=True, slots=True)
class Findings:
    """What the build learnt about its model."""

    trained_on: Sequence[Mapping[str, Any]]
    metrics: Mapping[str, Any]
    training: Mapping[str, Any]
    hateful_calibration: Calibration
    hateful_threshold: float
    entailment_thresholds: Mapping[str, float]
    has_eye: bool


def make_card(findings: Findings, *, version: str) -> Card:
    """The card of a bundle with these findings."""
    return Card(
        name="starter",
        version=version,
        description=(
            "The built-in model: entailment between two tweets and hatefulness of a meme, small "
            "enough to ship and honest about what it cannot see. It judges almost wholly by the "
            "text. For a first run, a baseline and tests; train your own before you act on it."
        ),
        licence="Apache-2.0; parts and data by others are named in NOTICE",
        tasks=(_entailment(findings), _hateful(findings)),
        text_preprocessing=DESCRIPTION,
        trained_on=tuple(dict(entry) for entry in findings.trained_on),
        never_seen=_never_seen(findings.has_eye),
        metrics=dict(findings.metrics),
        limitations=_limitations(findings),
        training=dict(findings.training),
        needs_tensorflow_text=False,
        golden_items=True,
    )


def _entailment(findings: Findings) -> TaskSpec:
    return TaskSpec(
        name="entailment",
        kind=Kind.TWEET_PAIR,
        signature="entailment",
        inputs=(
            _text("text_1"),
            _text("text_2"),
            *_image("image_1", "image_1"),
            *_image("image_2", "image_2"),
        ),
        output="probabilities",
        labels=ENTAILMENT_LABELS,
        thresholds=dict(findings.entailment_thresholds),
        missing_images="zeros",
    )


def _hateful(findings: Findings) -> TaskSpec:
    return TaskSpec(
        name="hateful",
        kind=Kind.MEME,
        signature="hateful",
        inputs=(_text("text"), *_image("image", "img")),
        output="probabilities",
        labels=HATEFUL_LABELS,
        calibration=findings.hateful_calibration,
        thresholds={"hateful": findings.hateful_threshold},
        missing_images="zeros",
    )


def _text(name: str) -> InputSpec:
    return InputSpec(name=name, source="text", fields=(name,))


def _image(name: str, field: str) -> tuple[InputSpec, InputSpec]:
    pixels = ImageSpec(height=SIDE, width=SIDE, resample="bilinear", reduced_decode=True)
    return (
        InputSpec(name=name, source="image", fields=(field,), image=pixels),
        InputSpec(name=f"{name}_present", source="presence", fields=(field,)),
    )


def _never_seen(has_eye: bool) -> tuple[str, ...]:
    seen = (
        "A meme labelled as hateful: the only pictures it saw carry labels for propaganda "
        "techniques (smears, name-calling), which is not hate."
        if has_eye
        else "Any labelled picture at all."
    )
    return (
        seen,
        "The pictures of the labelled tweet pairs: none could be had. What one and the same "
        "picture says about entailment is set by hand, not learnt.",
        "Words that stand in a picture: it does not read them. The meme's text must come as text.",
        "Languages other than English in any number.",
        "Hate that only picture and text together make.",
    )


def _pairs_read(metrics: Mapping[str, Any]) -> tuple[str, ...]:
    labelled, plain = metrics["entailment"], metrics["entailment_of_plain_sentences"]
    unseen, check = labelled["of_a_fifth_that_neither_judge_has_seen"], plain["own_check"]
    weights = ", ".join(
        f"{label} {weight:g}" for label, weight in labelled["class_weights"].items()
    )
    return (
        "Links are taken out of both texts before they are compared: where they lead counts for "
        "nothing.",
        "Two judges answer for a pair. How much either is asked follows smoothly from how long "
        "both texts are and which marks, tags and mentions they have: trees and kernel machine for "
        "pairs that look like the labelled tweet pairs (of those that neither has seen, "
        f"{unseen['share_of_the_stack']:.0%} of the answer), a net that reads both texts for all "
        "others. A plain contradiction in two long posts with tags and mentions may be missed.",
        "Among labelled pairs Implies is barely better than a guess; see its F1 in the metrics. "
        "Half of their contradictions are posts of one family (the same invitation to other "
        "people), whose labels hang on pictures that nobody has. Their judge's probabilities are "
        "calibrated and then weighted, so that the most probable label serves macro-F1: divide by "
        f"{weights} and bring the sum to 1 for the labels' frequencies in the training set.",
        "The net takes the three labels for about equally common, as they were where it learnt; "
        "of pairs that meet by chance nearly all are NoEntailment. It reaches macro-F1 "
        f"{check['macro_f1']['value']:.2f} on {check['pairs']} pairs of our own, written one by "
        "one in another voice than its forms (by the same authors, so it flatters); the figures "
        "have held-back pairs by others, source by source. Captions it takes to be of one picture, "
        "so that another scene contradicts; headlines to be of two events unless place, day and "
        "people are the same. Dates, sums, and what needs knowledge of the world, it often gets "
        "wrong.",
    )


def _weak_spots(accuracies: Mapping[str, float]) -> str:
    weakest = sorted(accuracies, key=lambda name: accuracies[name])[:_WEAKEST]
    told = ", ".join(f"{name} {accuracies[name]:.2f}" for name in weakest)
    return f"Weakest functions of the text model, accuracy on forms held back: {told}."


def _by_noise(figures: Mapping[str, Mapping[str, Any]]) -> str:
    spelt = "check, blanks_and_letters"
    return (
        "Blanks and letters put in or left out are repaired where one repair makes a word; two in "
        "one word still hide hate from it: accuracy "
        f"{figures[spelt]['accuracy_at_threshold']['value']:.2f} on the own check spelt so."
    )


def _base_rate(calibration: Mapping[str, Any]) -> str:
    share = calibration["holds_for_a_share_of_hateful_items_of"]
    return (
        f"p(hateful) is calibrated where {share:.0%} of the texts are hateful: short texts, many "
        "written to mislead a model, and sentences of our own. Where hate is rarer it says too "
        "much; docs/policy.md shows how to move the threshold."
    )


def _limitations(findings: Findings) -> tuple[str, ...]:
    hateful = findings.metrics["hateful"]
    swearing = hateful["davidson/test"]
    eye = (
        f"The eye is weak: a conv network of ten thousand weights on {SIDE} by {SIDE} pixels, "
        "trained from nothing on the stand-in label above. It may move the log-odds of hateful by "
        f"at most {REACH} either way (about six points of probability)."
        if findings.has_eye
        else "The picture has no influence on p(hateful): no pictures were given to the build."
    )
    return (
        eye,
        "One and the same picture on both tweets raises the log-odds of Implies by at most "
        f"{SAME_PICTURE_REACH}; different pictures change nothing.",
        "Two texts that say the same, links and mentions aside, are by rule not contradictory: "
        f"p(Contradictory) is {LEFT:g}, and the other two labels keep their odds. Of the 1,260 "
        "labelled pairs 140 are such, and 39 of these are labelled Contradictory.",
        *_pairs_read(findings.metrics),
        "Swearing is often taken for hate: of Davidson's test tweets, most of which are offensive "
        f"and {swearing['share_positive']:.0%} hateful, it flags "
        f"{swearing['share_flagged_hateful']:.0%}.",
        _weak_spots(hateful["held_back_forms_by_function"]),
        _by_noise(hateful["with_noise"]),
        _base_rate(hateful["calibration"]),
        "The own check flatters: the sentences that an earlier model failed were read once, and "
        "forms added for slurs, threats and implicit hate. The forms follow the published lists of "
        "functions (Röttger et al. 2021; Kirk et al. 2022); every sentence is our own.",
        "Texts are read up to 128 word pieces.",
        "Not for decisions about people without a person.",
    )
