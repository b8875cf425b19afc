"""Every night's items scored on Dataflow by a Flex Template, in Airflow 3.

Exit codes do not come back from Dataflow, so the marker of the run is asked: what is committed is
not started again, and a job that ended without a commit fails the night with the page that says
why.
"""

from __future__ import annotations

import os
import shlex
import subprocess
from datetime import datetime, timedelta, timezone
from typing import Any

from airflow.providers.google.cloud.hooks.gcs import GCSHook
from airflow.providers.google.cloud.operators.dataflow import DataflowStartFlexTemplateOperator
from airflow.sdk import DAG, Param, task
from airflow.sdk.exceptions import AirflowFailException
from airflow.timetables.interval import CronDataIntervalTimetable

PROJECT = os.environ.get("MODERATION_PROJECT", "PROJECT")
REGION = os.environ.get("MODERATION_REGION", "europe-west4")
BUCKET = os.environ.get("MODERATION_BUCKET", "BUCKET")
TEMPLATE = os.environ.get("MODERATION_TEMPLATE", f"gs://{BUCKET}/templates/moderation.json")
ALERT = os.environ.get("MODERATION_ALERT", "")
SINCE = os.environ.get("MODERATION_SINCE", "2026-01-01")

# As in moderation_nightly.py: `ds` is not defined in a run that is started by hand without a date.
NIGHT = "{{ params.night or ds }}"


def _marker(context: Any) -> str:
    night = context["params"]["night"] or context["ds"]
    return f"runs/run_id={night}/_SUCCESS"


def alert(context: Any) -> None:
    """Tell a person: the words go to the standard input of ``MODERATION_ALERT``, and to the log."""
    told = f"{context['dag'].dag_id}, {_marker(context)}: {context.get('exception')}\n"
    print(told)  # noqa: T201
    if ALERT:
        subprocess.run(shlex.split(ALERT), input=told, text=True, check=False, timeout=120)


with DAG(
    "moderation_nightly_dataflow",
    description="Score last night's items on Dataflow",
    schedule=CronDataIntervalTimetable("30 1 * * *", timezone="UTC"),
    start_date=datetime.fromisoformat(SINCE).replace(tzinfo=timezone.utc),
    catchup=True,
    max_active_runs=1,
    params={"night": Param(None, type=["null", "string"], pattern=r"^\d{4}-\d\d-\d\d$")},
    default_args={
        "retries": 2,
        "retry_delay": timedelta(minutes=10),
        "on_failure_callback": alert,
    },
    tags=["moderation"],
):

    @task.short_circuit(ignore_downstream_trigger_rules=True)
    def is_open(**context: Any) -> bool:
        """Whether the night has no committed run yet."""
        return not GCSHook().exists(BUCKET, _marker(context))

    start = DataflowStartFlexTemplateOperator(
        task_id="score",
        project_id=PROJECT,
        location=REGION,
        wait_until_finished=True,
        body={
            "launchParameter": {
                "jobName": f"moderation-{NIGHT}",
                "containerSpecGcsPath": TEMPLATE,
                "parameters": {
                    "input": f"gs://{BUCKET}/items/dt={NIGHT}/",
                    "output": f"gs://{BUCKET}/runs",
                    "run_id": NIGHT,
                    "reuse": "latest",
                    "max_dead_letter_ratio": "0.05",
                },
            }
        },
    )

    @task(retries=0)
    def is_committed(**context: Any) -> None:
        """Fail, with the page, where the job ended without a commit."""
        marker = _marker(context)
        if not GCSHook().exists(BUCKET, marker):
            page = marker.replace("_SUCCESS", "audit.html")
            raise AirflowFailException(f"not committed: gs://{BUCKET}/{page} says why")

    is_open() >> start >> is_committed()
