"""Run by Airflow's own Python: the DAGs of a folder imported, one of them run; facts as JSON.

``python in_airflow.py DAGS FACTS``, with ``AIRFLOW_HOME`` set to a fresh folder.
"""

from __future__ import annotations

import json
import sys
from datetime import datetime, timezone
from pathlib import Path

from airflow.dag_processing.dagbag import DagBag
from airflow.utils.db import initdb

DAGS, FACTS = sys.argv[1:]
STARTED = datetime(2026, 1, 2, 1, 30, tzinfo=timezone.utc)


def dag_facts(dag: object) -> dict[str, object]:
    """What a schedule is about: which night a start at half past one is for."""
    interval = dag.timetable.infer_manual_data_interval(run_after=STARTED)
    return {
        "catchup": dag.catchup,
        "max_active_runs": dag.max_active_runs,
        "tasks": [task.task_id for task in dag.tasks],
        "retries": {task.task_id: task.retries for task in dag.tasks},
        "alerts": {task.task_id: bool(task.on_failure_callback) for task in dag.tasks},
        "night": interval.start.date().isoformat(),
    }


initdb()
bag = DagBag(DAGS)
facts = {"errors": bag.import_errors, "dags": {name: dag_facts(d) for name, d in bag.dags.items()}}
flex = bag.dags["moderation_nightly_dataflow"].get_task("score")
flex.render_template_fields({"params": {"night": None}, "ds": "2026-01-01"})
facts["flex"] = flex.body["launchParameter"]
night = datetime(2026, 1, 1, tzinfo=timezone.utc)
run = bag.dags["moderation_nightly"].test(logical_date=night)
facts["state"] = str(run.state)
Path(FACTS).write_text(json.dumps(facts))
