"""The web application: a handful of addresses, plain forms, one small script."""

from __future__ import annotations

import importlib.resources

from flask import Flask, Response, request

from moderation.pages.render import render
from moderation.review.page.desk import Desk
from moderation.review.page.guard import Guard, RefusedError, protect
from moderation.review.page.pictures import Pictures
from moderation.review.page.views import Views

MAX_FORM_BYTES = 64 << 10
_FILES = {"/review.js": "text/javascript", "/review.css": "text/css"}
_OPEN = ("/review.js", "/review.css", "/favicon.ico")
"""What says nothing of any item, and what the page of a refusal needs too."""
_TOLD = {
    400: "This cannot be read.",
    404: "There is no such page.",
    405: "This cannot be done so.",
    413: "This is too much.",
    500: "Something went wrong, and nothing was written down.",
}


def create_app(desk: Desk, pictures: Pictures, guard: Guard) -> Flask:
    """The application, to be served on a loopback address.

    Args:
        desk: the queue and its decisions.
        pictures: of its items.
        guard: who is let in.
    """
    app = Flask("moderation.review.page", static_folder=None)
    app.config.update(MAX_CONTENT_LENGTH=MAX_FORM_BYTES, MAX_FORM_MEMORY_SIZE=MAX_FORM_BYTES)
    style_hash = render("style_hash.txt.j2").strip()

    @app.before_request
    def expect_ours() -> None:
        guard.check_host(request)
        opening = request.path == "/" and request.method == "GET" and "token" in request.args
        if opening:
            if not guard.opens(request.args.get("token")):
                raise RefusedError(403, "This is not the link that the server printed last.")
        elif request.path not in _OPEN and not guard.is_in(request.cookies):
            raise RefusedError(403, "Open the link that the server printed.")
        guard.check_sender(request)

    @app.after_request
    def with_headers(response: Response) -> Response:
        return protect(response, style_hash=style_hash)

    @app.errorhandler(RefusedError)
    def refused(error: RefusedError) -> tuple[str, int]:
        return render("review_message.html.j2", title="Not here", told=f"{error}"), error.status

    for status, told in _TOLD.items():
        page = render("review_message.html.j2", title="Not here", told=told)
        app.register_error_handler(status, lambda _, page=page, status=status: (page, status))
    _add_addresses(app, Views(desk, pictures, guard))
    return app


def _add_addresses(app: Flask, views: Views) -> None:
    app.add_url_rule("/", "next", views.next)
    app.add_url_rule("/reviewer", "reviewer", views.reviewer, methods=["GET", "POST"])
    app.add_url_rule("/item/<key>", "item", views.item)
    app.add_url_rule("/item/<key>", "answer", views.answer, methods=["POST"])
    app.add_url_rule("/undo", "undo", views.undo, methods=["POST"])
    app.add_url_rule("/grey", "grey", views.grey, methods=["POST"])
    app.add_url_rule("/picture/<key>/<field>", "picture", views.picture)
    app.add_url_rule("/favicon.ico", "icon", lambda: Response(status=204))
    pages = importlib.resources.files("moderation.pages")
    for name, media_type in _FILES.items():
        data = (pages / name[1:]).read_bytes()
        app.add_url_rule(
            name,
            name[1:].replace(".", "_"),
            lambda data=data, of=media_type: Response(data, mimetype=of),
        )
