"""What holds for each option of each command, and what each command refuses."""

from __future__ import annotations

import contextlib
import importlib
import json
import subprocess
import sys
from argparse import Action
from dataclasses import fields
from typing import Any

import pytest

from pipelines.command.options import Options
from pipelines.command.usage import UsageError
from pipelines.evaluate.options import EvaluateOptions
from pipelines.export.options import ExportOptions
from pipelines.preprocess.options import PreprocessOptions
from pipelines.score.options import ScoreOptions
from pipelines.train.options import TrainOptions
from pipelines.verify.options import VerifyOptions

NEEDED: dict[str, list[str]] = {
    "score": [],
    "preprocess": [],
    "export": ["--run", "r", "--decisions", "d"],
    "evaluate": ["--verdicts", "v"],
    "train": ["--preset", "p", "--output", "o", "--examples", "e"],
    "verify": ["r"],
}
"""Without them a command has nothing to do."""
OPTIONS: dict[str, type[Options]] = {
    each.NAME: each
    for each in (
        ScoreOptions,
        PreprocessOptions,
        ExportOptions,
        EvaluateOptions,
        TrainOptions,
        VerifyOptions,
    )
}
BESIDE = {
    "overwrite": ["--run_id", "a"],
    "keep_text": ["--ocr", "auto"],
    "image_template": ["--image_root", "/tmp"],
    "label_separator": ["--multi_label"],
    "thresholds": ["--multi_label", "t"],
    "exclude_columns": ["--exclude", "x"],
    "exclude_image_root": ["--exclude", "x"],
    "list_presets": NEEDED["train"],
}
"""What an option cannot be without, or has to be beside."""
GOOD = ("/tmp", "7", "0.9", "224x224", "{id}.png", "id=key", "label=key", "2026-01-31", "80", "png")
GOOD = (*GOOD, "image", "train=1", "meme=hateful", "a.b=0.2", "64x64", "lang", "hateful")
GOOD = (*GOOD, "reviewer=a", "train=0.8,test=0.2")
BAD = ("many", "-1", "nosuch://x", "../up", "a,a", "label", ",", "last week", "{name}", "x=y=z")


def arguments(command: str) -> list[Action]:
    names = {each.name for each in fields(OPTIONS[command])}
    return [each for each in OPTIONS[command].parser()._actions if each.dest in names]


EACH = [
    pytest.param(command, argument, id=f"{command}{argument.option_strings[0]}")
    for command in OPTIONS
    for argument in arguments(command)
    if argument.option_strings
]


def parsed(command: str, argument: Action, *values: str) -> Any:
    """The option's value, and as the manifest has it."""
    flags = [*NEEDED[command], *BESIDE.get(argument.dest, ())]
    if argument.dest == "scores":
        flags = ["--labels", "l"]
    options, _ = OPTIONS[command].parse([*flags, argument.option_strings[0], *values])
    return getattr(options, argument.dest), options.as_dict()[argument.dest]


def test_every_option_has_a_flag_and_no_flag_is_without_an_option() -> None:
    others = {"help", "version", "help_beam", "==SUPPRESS=="}
    for command, options in OPTIONS.items():
        flags = {each.dest for each in options.parser()._actions}
        names = {each.name for each in fields(options)}
        assert names <= flags, command
        assert flags - names <= others, command
        assert {*options.parse(NEEDED[command])[0].as_dict()} == names


@pytest.mark.parametrize(
    ("flag", "title"), [("output", "verdicts out"), ("ocr", "memes without text")]
)
def test_flags_of_a_score_run_stand_below_their_own_heading(flag: str, title: str) -> None:
    groups = OPTIONS["score"].parser()._action_groups
    [found] = [each.title for each in groups for a in each._group_actions if a.dest == flag]
    assert found == title


@pytest.mark.parametrize(("command", "argument"), EACH)
def test_an_option_is_explained_and_its_default_is_one_that_it_takes(
    command: str, argument: Action
) -> None:
    told = OPTIONS[command].parser().format_help()
    assert f" {argument.option_strings[0]}" in told
    assert argument.help or command == "train"
    assert "None" not in (argument.help or "")
    options = OPTIONS[command].parse(NEEDED[command])[0]
    if argument.nargs != 0 and argument.default not in (None, ""):
        assert parsed(command, argument, str(argument.default))[0] == getattr(
            options, argument.dest
        )


@pytest.mark.parametrize(("command", "argument"), EACH)
def test_an_option_refuses_a_bad_value_in_one_line_that_names_its_flag(
    command: str, argument: Action, capsys: pytest.CaptureFixture[str]
) -> None:
    flag = argument.option_strings[0]
    if argument.type is str and not argument.choices:
        return  # it takes any text
    parser, refused = OPTIONS[command].parser(), []
    for bad in BAD if argument.nargs != 0 else ("yes",):
        with contextlib.suppress(SystemExit):
            parser.parse_args([f"{flag}={bad}"])
        if message := capsys.readouterr().err:
            assert message.startswith(f"{command}: error: argument {flag}")
            assert message.count("\n") == 1
            assert bad in message
            refused.append(bad)
    assert refused


@pytest.mark.parametrize(("command", "argument"), EACH)
def test_an_option_that_is_given_reaches_the_manifest(command: str, argument: Action) -> None:
    if argument.nargs == 0:
        value, written = parsed(command, argument)
        assert (value, written) == (True, True)
        return
    known = argument.choices or GOOD
    usual = getattr(OPTIONS[command].parse(NEEDED[command])[0], argument.dest)
    for given in known:
        try:
            value, written = parsed(command, argument, given)
        except (SystemExit, UsageError):
            continue
        if value != usual:
            break
    assert value != usual
    plain = [*value] if isinstance(value, tuple) else value
    assert json.loads(json.dumps(written)) in (plain, [plain])  # export lists its --keep_columns


@pytest.mark.parametrize(
    ("command", "titles"),
    [
        ("score", ("records in", "model", "images", "known pictures", "verdicts out", "terminal")),
        ("preprocess", ("records in", "images", "examples", "splits", "examples out", "gates")),
        ("export", ("verdicts and decisions in", "selection", "training set out", "gates", "Beam")),
        ("evaluate", ("what the model said", "what is true", "figures", "evaluation out", "gates")),
        ("train", ("job", "bundle", "terminal")),
        ("verify", ("runs", "terminal")),
    ],
)
def test_help_shows_flags_in_groups_and_needs_no_heavy_library(
    command: str, titles: tuple[str, ...]
) -> None:
    code = (
        "import sys, importlib\n"
        f"main = importlib.import_module('pipelines.{command}.__main__').main\n"
        "try: main(['--help'])\n"
        "except SystemExit as stopped: assert stopped.code == 0\n"
        "heavy = {'apache_beam', 'tensorflow', 'keras', 'numpy', 'pyarrow', 'PIL', 'sklearn'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "exit codes: 0 done; 1 failed" in done.stdout
    assert [title for title in titles if done.stdout.count(f"\n{title}:\n") != 1] == []


@pytest.mark.parametrize(
    ("command", "flags", "words"),
    [
        ("score", "--image_buckets a,http://b", "BUCKET"),
        ("score", "--batch_size 0", "0 is out of range: it must be between 1 and"),
        ("score", "--batch_size many", "'many' is no whole number"),
        ("score", "--max_dead_letter_ratio nan", "nan is out of range"),
        ("score", "--max_dead_letter_ratio .1,dns=1,dns=0", "budget of dns is given twice"),
        ("preprocess", "--max_dead_letter_ratio slow=0.1", "Codes are unreadable_file"),
        ("score", "--columns txt=body", "no field 'txt'"),
        ("score", "--image_root https://u:hunter2@h.example/img", "a folder here or on gs://"),
        ("score", "--image_template {name}", "only {id} and {ext}"),
        ("score", "--run_id a/b", "use letters"),
        ("score", "--allowed_ports http", "write port numbers"),
        ("score", "--image_size 224", "as in 224x224"),
        ("score", "--format Parquet", "(choose from parquet, jsonl); did you mean parquet?"),
        ("score", "--dry_run=yes", "takes no value, or true or false, and was given 'yes'"),
        ("score", "--labels airflow-version=v3-3-2", "is given as --label KEY=VALUE"),
        ("score", '--labels={"team":"safety"}', "is given as --label KEY=VALUE"),
        ("preprocess", "--labels team=safety", "is given as --label KEY=VALUE"),
        ("preprocess", "--image_size 9000x1", "8,192 pixels at most"),
        ("preprocess", "--labels a,b,a", "'a' is named twice"),
        ("preprocess", "--group_by none,text", "write 'none' or some of image,"),
        ("preprocess", "--splits train", "write NAME=SHARE"),
        ("export", "--since last_week", "ISO 8601, as in 2026-01-31"),
        ("export", "--tasks video=x", "write KIND=TASK"),
        ("export", "--keep_columns lang,text", "'text' is a column that the set writes itself"),
        ("export", "--keep_columns lang,lang", "named twice"),
        ("export", "--exclude_columns words=body", "no field 'words'"),
        ("evaluate", "--slice_by lang,lang", "named twice"),
        ("evaluate", "--replicates 3", "between 40 and"),
        ("evaluate", "--columns words=body", "no field 'words'"),
        ("train", "--fusion early", "invalid choice: 'early'"),
        ("verify", "--max_faults 0", "0 is out of range: it must be at least 1"),
    ],
)
def test_a_wrong_value_is_told_with_its_reason(
    command: str, flags: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    main = importlib.import_module(f"pipelines.{command}.__main__").main
    with pytest.raises(SystemExit):
        main([*NEEDED[command], *flags.split()])
    message = capsys.readouterr().err
    assert words in message
    assert "hunter2" not in message


@pytest.mark.parametrize(
    ("command", "flags", "words"),
    [
        ("score", "--max_dead_letter_ratio .1 dns=1 dns=0", "budget of dns is given twice"),
        ("score", "--image_template {id}.jpg", "names files under --image_root: give the folder"),
        ("score", "--overwrite", "--overwrite replaces a run by its id: give --run_id too"),
        ("score", "--image_root /no/such/folder", "'/no/such/folder' is no folder"),
        ("preprocess", "--stratify --split_column s", "--stratify has nothing to say"),
        ("preprocess", "--label_separator ;", "give --multi_label too"),
        ("export", "--run r", "nothing to label with: give reviewers' --decisions, or --pseudo_l"),
        ("export", "--decisions d", "--run is missing: name committed runs"),
        ("export", "--run r --decisions d --overwrite", "replaces an export by its id"),
        ("export", "--run r --decisions d --since 2026-02-01 --until 2026-01-01", "not before"),
        ("export", "--run r --decisions d --exclude_image_root x", "give --exclude too"),
        ("export", "--run r --decisions d --multi_label t", "add --tasks KIND=t"),
        ("evaluate", "", "neither is given"),
        ("evaluate", "--verdicts r --scores s.csv", "both are given"),
        ("evaluate", "--scores s.csv", "give --labels or --examples too"),
        ("evaluate", "--verdicts r --labels l --examples e", "give one of them"),
        ("evaluate", "--scores s --labels l --thresholds b", "are of --multi_label"),
        ("evaluate", "--verdicts r --overwrite", "replaces an evaluation by its id"),
        (
            "evaluate",
            "--verdicts r --submission_for t --tasks tweet_pair=x",
            "a submission needs the memes' task",
        ),
        ("train", "--preset p --output o", "--examples is missing"),
        ("verify", "/nosuch", "'/nosuch' matches no directory: give run directories"),
        ("verify", "r --max_fault 3", "did you mean --max_faults?"),
        ("train", "--preset p --output o --examples e --resume --overwrite", "give one of them"),
    ],
)
def test_options_that_do_not_fit_together_end_with_2_and_a_remedy(
    command: str, flags: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    main = importlib.import_module(f"pipelines.{command}.__main__").main
    assert main(flags.split()) == 2
    message = capsys.readouterr().err
    assert message.startswith(f"{command}: error: ")
    assert words in message


def test_an_option_of_many_values_may_be_repeated_and_what_is_not_ours_is_beams() -> None:
    flags = ["--run", "/a", "/b", "--run", "/c", "--decisions", "/d", "--streaming"]
    options, rest = ExportOptions.parse(flags)
    assert options.run == ("/a", "/b", "/c")
    assert rest == ["--streaming"]


@pytest.mark.parametrize("command", sorted({*OPTIONS} - {"verify"}))  # which has no switch
def test_a_switch_may_be_given_as_a_template_gives_it(command: str) -> None:
    parser = OPTIONS[command].parser()
    switches = [each.option_strings[0] for each in arguments(command) if each.nargs == 0]
    assert switches
    for words, value in {
        "{0}=true": True,
        "{0}=True": True,
        "{0}=false": False,
        "{0} {0}=false": False,
        "{0}=false {0}=true": True,
    }.items():
        given = [word for flag in switches for word in words.format(flag).split()]
        known, rest = parser.parse_known_args(given)
        assert {vars(known)[flag.removeprefix("--")] for flag in switches} == {value}
        assert rest == []


def test_a_label_of_the_job_at_its_engine_is_beams_and_a_models_labels_have_a_name_alone() -> None:
    options, rest = ScoreOptions.parse(["--model_labels=no,yes", "--label", "team=safety"])
    assert options.labels == "no,yes"
    assert rest == ["--label", "team=safety"]


def test_a_default_that_a_command_changes_stands_where_its_group_does() -> None:
    told = EvaluateOptions.parser().format_help()
    assert "ends with 3 (default: none)" in " ".join(told.split())
    assert told.index("--max_unreadable_files N") < told.index("--min_coverage R")
    assert EvaluateOptions.parse(NEEDED["evaluate"])[0].max_unreadable_files == 0
    assert ScoreOptions.parse([])[0].max_unreadable_files is None
