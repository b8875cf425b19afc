"""TFRecords of ``pipelines.preprocess`` in; a model bundle for ``pipelines.score`` out.

``python -m pipelines.train --list_presets`` names the systems that can be trained.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

from moderation.runs.claim import RunClaimed, held
from pipelines.command import ending, stopping
from pipelines.command.usage import UsageError, in_flags
from pipelines.train.options import TrainOptions, parse

if TYPE_CHECKING:
    from moderation.training import data, run, thresholds
    from moderation.training.errors import TrainingWarning

DONE, FAILED, USAGE = 0, 1, 2


Prove = Callable[[Path, str], None]


def main(argv: Sequence[str] | None = None, *, prove: Prove | None = None) -> int:
    """Train; return the exit code (0 done, 1 failed, 2 usage).

    ``prove`` is :func:`moderation.training.proof.prove` or what does as it does.
    """
    if argv is None:
        stopping.begin()
    try:
        options = parse(argv)
    except UsageError as error:
        return _say(f"train: error: {error}", USAGE)
    if options is None:
        return _say(_presets(), DONE)
    ending.quieten(options.verbose)
    output = Path(os.path.abspath(options.output))
    try:
        with stopping.telling(lambda: _stopped(output)):
            return _train(options, prove=prove)
    except KeyboardInterrupt:
        return _say(f"\nstopped: {_stopped(output)}", stopping.code_of(signal.SIGINT))
    except RunClaimed as error:
        return _say(f"train: error: {in_flags(error)}", USAGE)
    except OSError as error:
        told = ending.cause(error, folder=str(output.parent))
        return _say(f"train: failed: {told}\n{_stopped(output)}", FAILED)


def _alone(output: Path) -> AbstractContextManager[None]:
    """Two trainings into one bundle would go on from each other's checkpoints."""
    return held(str(_work(output)), what=f"--output {str(output)!r}")


def _work(output: Path) -> Path:
    return output.with_name(f"{output.name}.training")


def _stopped(output: Path) -> str:
    """What is safe, and how to go on, when a training ends before it is done."""
    checkpoints = _work(output) / "checkpoints"
    if checkpoints.is_dir() and any(checkpoints.iterdir()):
        return f"{output} is not made; the same command with --resume goes on after the last epoch"
    if (output / "card.json").is_file():
        return f"a whole bundle lies in {output}"
    return f"{output} is not made and no epoch was whole; the same command starts anew"


def _train(options: TrainOptions, *, prove: Prove | None) -> int:
    from moderation.training import check_recipe
    from moderation.training.errors import TrainingError
    from moderation.training.recipes import load_recipe

    try:
        recipe = load_recipe(options.preset, options.overrides)
        check_recipe.check(recipe)
    except TrainingError as error:
        return _say(f"train: error: {in_flags(error)}", USAGE)

    from moderation.models.runtime import import_tensorflow, load_tensorflow

    doing = _silent if options.no_progress else _log
    doing("loading TensorFlow")
    load_tensorflow(verbose=options.verbose)
    from moderation.training import proof

    alone = stopping.is_command() and not options.dry_run  # nobody else used TensorFlow here
    if prove is None:
        prove = proof.Waiting().prove if alone and sys.platform == "linux" else proof.prove
    import_tensorflow(verbose=options.verbose)
    from moderation.training import data, run

    order = run.Order(
        recipe=recipe,
        examples=options.examples,
        output=Path(os.path.abspath(options.output)),
        rule=_rule(options),
        licence=options.licence,
        version=options.version,
        resume=options.resume,
        overwrite=options.overwrite,
        show_progress=not options.no_progress and sys.stderr.isatty(),
        prove=prove,
    )
    try:
        wanted = ("train",) if options.folds else ("train", "val")
        examples = data.open_examples(order.examples, recipe, wanted=wanted)
        if options.dry_run:
            return _say(f"everything checks out; {order.output} would be written", DONE)
    except TrainingError as error:
        return _say(f"train: error: {in_flags(error)}", USAGE)
    with _alone(order.output):
        if options.folds:
            return _try_on_all(order, examples, options.folds)
        return _run(order, doing=doing)


def _rule(options: TrainOptions) -> thresholds.Rule:
    """What thresholds are to reach; the usual where nothing is asked for."""
    from moderation.training import thresholds

    if options.precision_at is None and options.f_beta is None:
        return thresholds.USUAL
    return thresholds.Rule(precision_at=options.precision_at, f_beta=options.f_beta or 1.0)


def _run(order: run.Order, *, doing: Callable[[str], None]) -> int:
    from moderation.training import run

    def train() -> str:
        return _summary(run.run(order, log=_log, doing=doing).metrics, order.output)

    return _carried_out(lambda: run.settle(order), train)


def _carried_out(settle: Callable[[], None], work: Callable[[], str]) -> int:
    """The exit code, once the last word is said: what cannot begin is usage, what breaks failed."""
    from moderation.training.errors import CannotBuildError, TrainingError

    try:
        settle()
    except TrainingError as error:
        return _say(f"train: error: {in_flags(error)}", USAGE)
    try:
        return _say(work(), DONE)
    except CannotBuildError as error:
        return _say(f"train: error: {in_flags(error)}", USAGE)
    except TrainingError as error:
        return _say(f"train: failed: {in_flags(error)}", FAILED)


def _try_on_all(order: run.Order, examples: data.Examples, folds: int) -> int:
    """A cross-validation in the place of a bundle."""
    from moderation.training import cross_validate, held_out

    def score() -> str:
        scored = cross_validate.cross_validate(examples, folds=folds, log=_log)
        file = held_out.write(scored, order.recipe, order.output)
        return (
            f"scored {len(scored.item_ids):,} items in {folds} folds\n  scores  {file}\n"
            f"  next    python -m pipelines.evaluate --scores {file} --labels {file}"
        )

    return _carried_out(lambda: held_out.settle(order.output, overwrite=order.overwrite), score)


def _presets() -> str:
    from moderation.training.recipes import load_recipe, preset_names

    width = max(len(name) for name in preset_names())
    return "\n".join(f"{name:{width}}  {load_recipe(name).description}" for name in preset_names())


def _summary(metrics: dict[str, object], output: Path) -> str:
    lines = []
    for split in ("val", "test"):
        figures = metrics.get(split)
        if isinstance(figures, dict):
            told = ", ".join(
                f"{name} {figures[name]['value']:.3f}"
                for name in ("accuracy", "macro_f1", "roc_auc", "ece")
                if figures.get(name)
            )
            lines.append(f"  {split:5} {figures['items']:,} items: {told}")
    return "\n".join(["trained", *lines, f"  card  {output}/CARD.md"])


def _log(line: str | TrainingWarning) -> None:
    sys.stderr.write(f"{line if isinstance(line, str) else in_flags(line)}\n")
    sys.stderr.flush()


def _silent(_: str) -> None:
    """Says nothing."""


def _say(text: str, code: int) -> int:
    (sys.stderr if code else sys.stdout).write(f"{text}\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
