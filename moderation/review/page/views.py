"""What each address of the page answers."""

from __future__ import annotations

from concurrent.futures import TimeoutError as NotYet
from dataclasses import dataclass
from urllib.parse import quote, unquote

from flask import Response, abort, make_response, redirect, request

from moderation.pages.render import render
from moderation.review.page.desk import Desk
from moderation.review.page.forms import (
    FormError,
    asked_of,
    labels_of,
    note_of,
    reviewer_name,
)
from moderation.review.page.guard import Guard
from moderation.review.page.pictures import Gone, Pictures
from moderation.review.page.shown import images_of, known_of, parts_of
from moderation.review.queue.items import QueueItem

_GREY = "review_grey"
_PICTURE_WAIT_S = 120.0


@dataclass(frozen=True, slots=True)
class Views:
    """One method an address. The guard has let the request in."""

    desk: Desk
    pictures: Pictures
    guard: Guard

    def next(self) -> Response:
        """The item whose turn it is; who comes by the link says their name first."""
        reviewer = self._reviewer()
        if "token" in request.args:
            return self.guard.let_in(self._sign_in(reviewer or ""))
        if reviewer is None:
            return self._sign_in("")
        item = self.desk.next(reviewer)
        if item is None:
            return self._nothing_left(reviewer)
        return self._shown(item, reviewer)

    def reviewer(self) -> Response:
        """Who is sitting here."""
        if request.method == "GET":
            return self._sign_in(self._reviewer() or "")
        try:
            name = reviewer_name(request.form.get("name", ""))
        except FormError as error:
            return self._sign_in(request.form.get("name", ""), problem=str(error))
        response = _see("/")
        response.set_cookie(
            self._name_cookie, quote(name, safe=""), httponly=True, samesite="Strict", path="/"
        )
        return response

    def item(self, key: str) -> Response:
        """One item, which a reviewer came back to."""
        reviewer = self._reviewer()
        if reviewer is None:
            return self._sign_in("")
        item = self._known(key)
        self.desk.look(key, reviewer)
        return self._shown(item, reviewer)

    def answer(self, key: str) -> Response:
        """A decision, or a skip."""
        item = self._known(key)
        form = request.form.to_dict(flat=False)
        try:
            reviewer = reviewer_name(request.form.get("reviewer", ""))
            if request.form.get("action") == "skip":
                self.desk.skip(key, reviewer)
            else:
                labels = labels_of(form, self.desk.questions[item.kind])
                self.desk.decide(key, reviewer, labels, note=note_of(form))
        except FormError as error:
            return self._again(item, str(error), 400)
        except OSError as error:
            return self._again(item, _not_written(error), 507)
        return _see("/")

    def undo(self) -> Response:
        """Take the last word back, and show its item again."""
        try:
            reviewer = reviewer_name(request.form.get("reviewer", ""))
            key = self.desk.undo(reviewer)
        except FormError:
            abort(400)
        except OSError as error:
            told = _not_written(error)
            page = render("review_message.html.j2", title="Not taken back", told=told)
            return make_response(page, 507)
        return _see(f"/item/{key}?back=1" if key else "/")

    def grey(self) -> Response:
        """Pictures in grey from now on, or in colour again."""
        response = _see(f"/item/{quote(request.form.get('item', ''), safe='')}")
        grey = "0" if request.cookies.get(_GREY) == "1" else "1"
        response.set_cookie(_GREY, grey, httponly=True, samesite="Strict", path="/")
        return response

    def picture(self, key: str, field: str) -> Response:
        """A picture: blurred, unless the clear one is asked for."""
        entry = self._known(key).entry()
        image = next((each for each in images_of(entry) if each.field == field), None)
        if image is None:
            abort(404)
        try:
            found = self.pictures.get(entry, image).result(timeout=_PICTURE_WAIT_S)
        except NotYet:
            found = Gone("it did not come in time")
        if isinstance(found, Gone):
            drawn = render("review_gone.svg.j2", why=found.why)
            return Response(drawn, mimetype="image/svg+xml")
        view = found.view(
            clear=request.args.get("clear") == "1", grey=request.args.get("grey") == "1"
        )
        return Response(view, mimetype="image/jpeg")

    @property
    def _name_cookie(self) -> str:
        return f"{self.guard.cookie}_name"

    def _reviewer(self) -> str | None:
        try:
            return reviewer_name(unquote(request.cookies.get(self._name_cookie, "")))
        except FormError:
            return None

    def _known(self, key: str) -> QueueItem:
        return self.desk.item(key) or abort(404)

    def _sign_in(self, name: str, *, problem: str = "") -> Response:
        page = render(
            "review_sign_in.html.j2",
            run_id=self.desk.run_id,
            items=len(self.desk.items),
            form_token=self.guard.form_token,
            name=name,
            problem=problem,
        )
        return make_response(page, 400 if problem else 200)

    def _nothing_left(self, reviewer: str) -> Response:
        page = render(
            "review_done.html.j2",
            run_id=self.desk.run_id,
            reviewer=reviewer,
            progress=self.desk.progress(reviewer),
            last=self.desk.last_word(reviewer),
            form_token=self.guard.form_token,
            decisions=self.desk.file.path,
        )
        return make_response(page)

    def _again(self, item: QueueItem, problem: str, status: int) -> Response:
        """The same item, with what was wrong; the note is not lost."""
        reviewer = self._reviewer()
        if reviewer is None:
            return self._sign_in("")
        response = self._shown(item, reviewer, problem=problem, note=request.form.get("note"))
        response.status_code = status
        return response

    def _shown(
        self, item: QueueItem, reviewer: str, *, problem: str = "", note: str | None = None
    ) -> Response:
        entry = item.entry()
        answers, noted = self.desk.answers(item.content_key, reviewer)
        page = render(
            "review.html.j2",
            run_id=self.desk.run_id,
            reviewer=reviewer,
            form_token=self.guard.form_token,
            key=item.content_key,
            item_id=entry.item_id,
            copies=entry.copies,
            parts=parts_of(entry, self.pictures),
            known=known_of(entry),
            asked=asked_of(self.desk.questions[item.kind], dict(answers)),
            note=noted if note is None else note,
            progress=self.desk.progress(reviewer),
            last=self.desk.last_word(reviewer),
            back=request.args.get("back") == "1",
            clear=request.args.get("clear") == "1",
            grey=request.cookies.get(_GREY) == "1",
            problem=problem,
        )
        self._fetch_beforehand(reviewer, item.content_key)
        return make_response(page)

    def _fetch_beforehand(self, reviewer: str, key: str) -> None:
        upcoming = self.desk.upcoming(reviewer, key)
        if upcoming is not None:
            entry = upcoming.entry()
            for image in images_of(entry):
                self.pictures.get(entry, image)


def _see(where: str) -> Response:
    return make_response(redirect(where, code=303))


def _not_written(error: OSError) -> str:
    return f"This was not written down, and does not count: {error.strerror or error}. Try again."
