"""Every night's items scored, in Airflow 3. Copy this file into the folder of DAGs.

Airflow's environment and the project's are two: the task starts the project's own Python. What lies
where is told by the environment of Airflow's DAG processor and workers.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from datetime import datetime, timedelta, timezone
from typing import Any

from airflow.providers.apache.beam.operators.beam import BeamRunPythonPipelineOperator
from airflow.sdk import DAG, Param
from airflow.sdk.exceptions import AirflowException, AirflowFailException
from airflow.timetables.interval import CronDataIntervalTimetable

ITEMS = os.environ.get("MODERATION_ITEMS", "/srv/moderation/items")
RUNS = os.environ.get("MODERATION_RUNS", "/srv/moderation/runs")
PYTHON = os.environ.get("MODERATION_PYTHON", "/opt/moderation/.venv/bin/python")
ALERT = os.environ.get("MODERATION_ALERT", "")
SINCE = os.environ.get("MODERATION_SINCE", "2026-01-01")

# `ds` is the day that the interval began: last night's. A run that is started by hand has no
# interval and `ds` is not defined in it: give such a run a logical date, or the parameter `night`.
NIGHT = "{{ params.night or ds }}"
_CODE = re.compile(r"return code (-?\d+)")
_WANTS_A_PERSON = {2: "a flag or an input is wrong", 3: "a gate broke"}


class ScoreNight(BeamRunPythonPipelineOperator):
    """``pipelines.score``; tries again only what another try may cure."""

    def execute(self, context: Any) -> None:
        """Raise ``AirflowFailException``, which ends the retries, for exit codes 2 and 3."""
        # A switch that is False is left out by the operator, so only the one that is wanted is set.
        again = "overwrite" if context["params"]["overwrite"] else "resume"
        self.pipeline_options[again] = True
        try:
            super().execute(context)
        except AirflowException as error:
            found = _CODE.search(str(error))
            why = _WANTS_A_PERSON.get(int(found[1])) if found else None
            if why is None:
                raise
            raise AirflowFailException(f"{why} ({found[1]}): {page(context)}") from error

    def _init_pipeline_options(self, *args: Any, **kwargs: Any) -> Any:
        """Without the operator's own label: to ``pipelines.score``, ``--labels`` are a model's."""
        found = super()._init_pipeline_options(*args, **kwargs)
        found[2].pop("labels", None)
        return found


def page(context: Any) -> str:
    """The page that says what a night's run made of its items."""
    night = context["params"]["night"] or context["ds"]
    return f"{RUNS}/run_id={night}/audit.html"


def alert(context: Any) -> None:
    """Tell a person: the words go to the standard input of ``MODERATION_ALERT``, and to the log."""
    told = f"{context['dag'].dag_id}: {context.get('exception')}\nsee {page(context)}\n"
    print(told)  # noqa: T201
    if ALERT:
        subprocess.run(shlex.split(ALERT), input=told, text=True, check=False, timeout=120)


with DAG(
    "moderation_nightly",
    description="Score last night's items",
    # A cron line alone is another timetable in Airflow 3, whose `ds` is the day of the start.
    schedule=CronDataIntervalTimetable("30 1 * * *", timezone="UTC"),
    start_date=datetime.fromisoformat(SINCE).replace(tzinfo=timezone.utc),
    # Off by default in Airflow 3: nights that were missed are scored, one at a time, oldest first.
    catchup=True,
    max_active_runs=1,
    params={
        "night": Param(None, type=["null", "string"], pattern=r"^\d{4}-\d\d-\d\d$"),
        "overwrite": Param(False, type="boolean", description="score a night again: late items"),
    },
    default_args={
        "retries": 2,
        "retry_delay": timedelta(minutes=10),
        "execution_timeout": timedelta(hours=23),
        "on_failure_callback": alert,
    },
    tags=["moderation"],
):
    ScoreNight(
        task_id="score",
        runner="DirectRunner",
        # `python -m pipelines.score`; neither of the two is templated.
        py_interpreter=PYTHON,
        py_options=["-m"],
        py_file="pipelines.score",
        pipeline_options={
            "input": f"{ITEMS}/dt={NIGHT}/",
            "output": RUNS,
            "run_id": NIGHT,
            "reuse": "latest",
            "max_dead_letter_ratio": "0.05",
            "no_progress": True,
        },
    )
