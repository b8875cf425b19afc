"""One training from examples to a bundle: build, train, calibrate, assess, export, prove."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import keras
import tensorflow as tf

from moderation.option_error import marked, option
from moderation.pages.front_matter import front_matter
from moderation.pages.render import render
from moderation.runs.directory import CLAIM
from moderation.storage.exchange import put_in_place
from moderation.training import card, card_plots, data, export, fit, label_counts, proof, thresholds
from moderation.training.assess import Assessed, assess_network
from moderation.training.card_facts import card_facts
from moderation.training.checkpoint import Checkpoints, identity
from moderation.training.errors import CannotBuildError, TrainingError, TrainingWarning
from moderation.training.golden import SAME, Golden
from moderation.training.network import Network, build_network
from moderation.training.policy import FILE as POLICY_FILE
from moderation.training.policy import starting_policy
from moderation.training.provenance import public_recipe
from moderation.training.scorer import Scorer
from moderation.training.steps import whole_steps
from schemas.card import Card
from schemas.recipe import Recipe

Say = Callable[[str], None]
Log = Callable[[str | TrainingWarning], None]


@dataclass(frozen=True)
class Order:
    """What a training is asked for."""

    recipe: Recipe
    examples: tuple[str, ...]
    output: Path
    """The bundle's directory; ``OUTPUT.training`` beside it holds checkpoints and logs."""
    rule: thresholds.Rule
    licence: str
    version: str
    resume: bool
    overwrite: bool
    show_progress: bool
    prove: Callable[[Path, str], None] = proof.prove
    """Has a bundle's golden items checked where nothing of the training is (:mod:`.proof`)."""

    @property
    def work(self) -> Path:
        """Where the training keeps what is not the bundle."""
        return self.output.with_name(f"{self.output.name}.training")


def settle(order: Order) -> None:
    """Checks that the output may be written, and clears what ``overwrite`` gives up.

    A bundle that is given up stays until the new one takes its place.

    Raises:
        TrainingError: something is there that nobody gave up.
    """
    checkpoints = order.work / "checkpoints"
    given_up = order.work / "replaces"
    if order.overwrite:
        _clear(order.work)
        if (order.output / "card.json").is_file():
            order.work.mkdir(parents=True, exist_ok=True)
            given_up.touch()
    if (
        not given_up.exists()
        and order.output.exists()
        and (not order.output.is_dir() or any(order.output.iterdir()))
    ):
        raise TrainingError(
            f"{option('output')} {order.output} is there already: name another, or add "
            f"{option('overwrite')}, which replaces a bundle (and nothing else)"
        )
    if checkpoints.is_dir() and any(checkpoints.iterdir()) and not order.resume:
        raise TrainingError(
            f"an unfinished training lies in {order.work}: add {option('resume')} to go on, or "
            f"{option('overwrite')} to start anew"
        )
    if order.resume and not checkpoints.is_dir():
        raise TrainingError(
            f"{option('resume')}: there is no checkpoint in {order.work}; leave it away"
        )


def _clear(work: Path) -> None:
    for each in work.iterdir() if work.is_dir() else ():
        if each.is_dir():
            shutil.rmtree(each, ignore_errors=True)
        elif each.name != CLAIM:  # whoever clears holds it
            each.unlink(missing_ok=True)


def run(order: Order, *, log: Log, doing: Say) -> Card:
    """Trains and writes the bundle; it takes its name when it is whole and proven.

    Args:
        order: what to do.
        log: takes what was found, one line an epoch.
        doing: takes what is begun, where it may last.

    Raises:
        CannotBuildError: an encoder cannot be had, or parts do not go together.
        TrainingError: the examples or the training cannot go on as asked.
    """
    started = time.monotonic()
    recipe = order.recipe
    settle(order)
    examples = data.open_examples(order.examples, recipe)
    tf.config.experimental.enable_op_determinism()
    usual = keras.config.dtype_policy()
    keras.config.set_dtype_policy(
        "mixed_bfloat16" if recipe.training.mixed_precision else "float32"
    )
    try:
        return _run(order, examples, started, log=log, doing=doing)
    finally:
        keras.config.set_dtype_policy(usual)


def _run(order: Order, examples: data.Examples, started: float, *, log: Log, doing: Say) -> Card:
    doing("counting the examples")
    log(label_counts.told(examples))
    label_counts.expect_two_labels(examples)
    for doubt in filter(None, (examples.resized, label_counts.expect_pictures(examples))):
        log(doubt)
    recipe, warning = whole_steps(examples)
    if warning:
        log(warning)
        order, examples = replace(order, recipe=recipe), replace(examples, recipe=recipe)
    unseen = label_counts.untaught(examples.labels, data.label_counts(examples, "train"))
    if unseen:
        log(unseen)
    doing("building the network")
    try:
        network = build_network(recipe, labels=examples.labels, texts=examples.texts("train"))
        told = public_recipe(recipe)
    except (OSError, TrainingError) as error:
        raise CannotBuildError(marked(error)) from error
    log(f"network: {network.model.count_params():,} parameters")
    checkpoints = Checkpoints(
        order.work / "checkpoints", belongs_to=identity(recipe, examples.digest)
    )
    doing("training; the first epoch begins when its graph is built")
    outcome = fit.train(
        network,
        examples,
        checkpoints,
        log=log,
        tensorboard=str(order.work / "tensorboard"),
        show_progress=order.show_progress,
    )
    scorer = outcome.scorer
    if recipe.training.mixed_precision:
        network = _in_full_precision(network, examples)
        scorer = Scorer(network, examples)
    doing("judging: calibration, thresholds and figures")
    assessed = assess_network(network, examples, scorer, rule=order.rule)
    exclusive = recipe.activation == "softmax"
    unreached = order.rule.unreached(
        assessed.thresholds, examples.labels, exclusive=exclusive, task=recipe.task
    )
    if unreached:
        log(unreached)
    _tell_thresholds(assessed, log)
    found = card.Found(
        progress=outcome.progress,
        calibration=assessed.calibration,
        thresholds=assessed.thresholds,
        threshold_rule=str(order.rule),
        threshold_facts=assessed.facts,
        metrics=assessed.metrics,
        wall_time_s=time.monotonic() - started,
        licence=order.licence,
        version=order.version,
        recipe=told,
    )
    made = _bundle(order, network, examples, found, assessed, doing=doing)
    log(f"bundle: {order.output}")
    return made


def _tell_thresholds(assessed: Assessed, log: Log) -> None:
    for label, facts in assessed.facts.items():
        log(facts.told(label))
        if doubt := facts.warning(label):
            log(TrainingWarning(doubt))


def _in_full_precision(trained: Network, examples: data.Examples) -> Network:
    """The same weights in float32: bfloat16 rounds otherwise on every machine and batch size."""
    keras.config.set_dtype_policy("float32")
    network = build_network(trained.recipe, labels=trained.labels, texts=examples.texts("train"))
    for mine, its in zip(network.model.variables, trained.model.variables, strict=True):
        mine.assign(its)
    return network


def _bundle(
    order: Order,
    network: Network,
    examples: data.Examples,
    found: card.Found,
    assessed: Assessed,
    *,
    doing: Say,
) -> Card:
    doing("exporting the bundle")
    staged = order.work / "bundle"
    shutil.rmtree(staged, ignore_errors=True)
    staged.mkdir(parents=True)
    features = export.save(network, staged)
    made = card.make_card(
        network,
        examples,
        found,
        inputs=export.input_specs(network),
        output=export.output_name(network),
        features=features,
    )
    (staged / "card.json").write_text(made.model_dump_json(indent=1) + "\n", encoding="utf-8")
    policy = starting_policy(made.tasks[0], model=made.name, version=made.version)
    if policy is not None:
        (staged / POLICY_FILE).write_text(policy, encoding="utf-8")
    golden = Golden(network, examples, assessed.calibration)
    golden.write(staged, tensorflow=tf.__version__, tolerance=SAME)
    doing("proving it: a fresh process loads the bundle and scores its golden items")
    order.prove(staged, order.recipe.kind.value)
    golden.write(staged, tensorflow=tf.__version__)
    _write_page(staged, made, network, found, assessed)
    put_in_place(str(staged), str(order.output))
    (order.work / "replaces").unlink(missing_ok=True)
    shutil.rmtree(order.work / "checkpoints")
    return made


def _write_page(
    folder: Path, made: Card, network: Network, found: card.Found, assessed: Assessed
) -> None:
    page = render(
        "CARD.md.j2",
        front_matter=front_matter(card_facts(made)),
        card=made,
        recipe=found.recipe,
        drawing=card_plots.architecture(network.model, folder),
        curves=card_plots.learning_curves(found.progress.history, folder),
        reliability=card_plots.reliability(assessed.raw, assessed.held_out, assessed.truth, folder),
    )
    (folder / "CARD.md").write_text(page, encoding="utf-8")
