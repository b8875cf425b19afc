"""Dataflow's REST service on loopback: it takes jobs and launches of templates, and keeps them.

It answers as a proxy does: Beam takes no address with a port for Dataflow's, and asks one that is
called ``localhost`` for workers of another kind. It speaks REST to what is called ``sandbox``.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

URL = "http://dataflow.sandbox.test"
JOBS = "/v1b3/projects/my-project/locations/europe-west4/jobs"
_CALL = re.compile(
    rf"{URL}/v1b3/projects/(?P<project>[^/]+)/locations/(?P<region>[^/]+)/"
    r"(?P<what>jobs|flexTemplates:launch)(?:/(?P<job>[^/]+))?(?:/(?P<part>\w+))?$"
)


@dataclass
class Service:
    """What was asked of it."""

    proxy: str
    """Its address."""
    jobs: list[dict[str, Any]] = field(default_factory=list)
    launches: list[dict[str, Any]] = field(default_factory=list)
    """Both with the project and the region of their address."""
    asked: list[str] = field(default_factory=list)
    """Every request: its method and path."""
    headers: list[dict[str, str]] = field(default_factory=list)
    refusal: tuple[int, str] | None = None
    """A status and words that every POST is answered with."""
    ends_as: str = "JOB_STATE_DONE"

    @property
    def environment(self) -> dict[str, str]:
        """Variables of a process that is to find the service, and other servers on loopback."""
        return {"http_proxy": self.proxy, "no_proxy": "127.0.0.1"}

    def answer(self, method: str, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """A status and what goes with it."""
        self.asked.append(f"{method} {path}")
        found = _CALL.fullmatch(path)
        if not found:
            return _error(404, f"nothing is at {path}")
        if method == "POST" and self.refusal:
            return _error(*self.refusal)
        if method == "POST":
            place = {"project": found["project"], "region": found["region"]}
            return 200, self._begun(found["what"], {**body, **place})
        if found["part"]:
            return 200, {}
        return 200, {"id": found["job"], "currentState": self.ends_as}

    def _begun(self, what: str, body: dict[str, Any]) -> dict[str, Any]:
        if what == "jobs":
            self.jobs.append(body)
            name, answer = body["name"], {"clientRequestId": body.get("clientRequestId", "")}
        else:
            self.launches.append(body)
            name, answer = body["launchParameter"]["jobName"], {}
        job = {"id": f"job-{len(self.asked)}", "name": name, "currentState": "JOB_STATE_PENDING"}
        return {**job, **answer} if what == "jobs" else {"job": job}


def _error(status: int, words: str) -> tuple[int, dict[str, Any]]:
    return status, {"error": {"code": status, "message": words, "status": "FAILED_PRECONDITION"}}


def _handler(service: Service) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = 30

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            service.headers.append(dict(self.headers))
            path = self.path.partition("?")[0]
            status, answer = service.answer(self.command, path, json.loads(body or b"{}"))
            sent = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(sent)))
            self.end_headers()
            self.wfile.write(sent)

        do_GET = do_POST = do_PUT = _answer

        def log_message(self, *_: Any) -> None:
            """Nothing: the tests read ``asked``."""

    return Handler


@contextmanager
def serve() -> Iterator[Service]:
    """A service until the block ends."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    service = Service(f"http://127.0.0.1:{server.server_port}")
    server.RequestHandlerClass = _handler(service)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
