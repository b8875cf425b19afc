"""The server: the queue and its decisions, behind one loopback address."""

from __future__ import annotations

import logging
import secrets
import sys
from contextlib import ExitStack

from waitress.server import create_server

from moderation.images.door import ImageDoor
from moderation.review.decisions.file import DecisionsFile, open_decisions
from moderation.review.decisions.lines import DecisionsError
from moderation.review.page.app import MAX_FORM_BYTES, create_app
from moderation.review.page.desk import Desk
from moderation.review.page.guard import Guard
from moderation.review.page.pictures import DoorPictures
from moderation.review.page.record_images import RecordImages, rows_by_source
from moderation.review.queue.items import QueueError, QueueItem, read_queue
from moderation.review.queue.order import in_order
from moderation.storage.parking import Parking
from pipelines.command.usage import UsageError
from pipelines.command.work_folder import work_folder
from pipelines.review.plan import Plan
from pipelines.review.summary import queue_line, torn_line

ADDRESS = "127.0.0.1"
_THREADS = 12


def serve(plan: Plan) -> None:
    """Serve until the process is stopped.

    Raises:
        UsageError: there is nothing to review, or its decisions or the port are another's.
    """
    with ExitStack() as held:
        desk, images = _desk(plan, held)
        door = held.enter_context(ImageDoor(plan.door))
        pictures = DoorPictures(door, images)
        held.callback(pictures.close)
        guard = Guard(secrets.token_urlsafe(32))
        logging.getLogger("waitress").setLevel(logging.ERROR)
        try:
            server = create_server(
                create_app(desk, pictures, guard),
                host=ADDRESS,
                port=plan.port,
                threads=_THREADS,
                ident="review",
                max_request_body_size=2 * MAX_FORM_BYTES,
                max_request_header_size=32 << 10,
            )
        except OSError as error:
            raise UsageError(
                f"--port {plan.port}: {error.strerror or error}: name another, or none for a free "
                "one"
            ) from error
        held.callback(server.close)
        _say(queue_line(plan.run_id, desk.items, decided=desk.progress("").decided))
        _say(f"decisions go to {desk.file.path}")
        _say(f"open http://{ADDRESS}:{server.effective_port}/?token={guard.token}")
        server.run()


def _desk(plan: Plan, held: ExitStack) -> tuple[Desk, RecordImages]:
    try:
        items = in_order(map(QueueItem.of, read_queue(plan.queue)))
    except QueueError as error:
        raise UsageError(f"{plan.run.path}: {error}") from error
    if not items:
        raise UsageError(
            f"{plan.run.path} has nothing for people: its policy has no review band that an item "
            "fell into, and no sample (docs/policy.md)"
        )
    decisions = _opened(plan.decisions)
    held.callback(decisions.close)
    desk = Desk(plan.run_id, items, decisions, plan.second_opinions)
    parking = Parking(held.enter_context(work_folder()))
    return desk, RecordImages(plan.record_files, rows_by_source(items), parking)


def _opened(path: str) -> DecisionsFile:
    try:
        opened = open_decisions(path)
    except DecisionsError as error:
        raise UsageError(f"--decisions: {error}") from error
    except OSError as error:
        raise UsageError(f"--decisions {path!r}: {error.strerror or error}") from error
    if opened.torn:
        _say(torn_line(path, opened.torn))
    return opened


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
