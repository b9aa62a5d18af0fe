"""The addresses below ``/library``."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool

from ui.library import roles as of_people
from ui.library.admin import Admin
from ui.library.desk import FIELDS, Desk, Handler, field
from ui.library.rebuild import Rebuild
from ui.library.roles import Roles, from_here
from ui.library.uploads import Uploads
from ui.library.view import View

if TYPE_CHECKING:
    from fastapi import FastAPI, Request, Response

    from rag.config import Settings
    from ui.door import Limit
    from ui.feedback import Feedbacks
    from ui.live import Live


def add(app: FastAPI, live: Live, settings: Settings, feedbacks: Feedbacks, limit: Limit) -> None:
    """Add the library to ``app``. ``limit`` is that of the API, for searches by words cost as much here as there."""
    desk = Desk(settings, Roles(settings))
    admin = Admin(live, settings, feedbacks, Uploads(settings.uploaded), Rebuild(live, settings))
    app.add_route("/library", desk.shown(View(live, settings, limit).show), include_in_schema=False)
    for at, show in (
        ("admin", admin.overview),
        ("article/{article_id}", admin.article),
        ("preview/{token}", admin.preview),
        ("feedback", admin.feedback),
        ("gaps", admin.gaps),
    ):
        app.add_route(f"/library/{at}", desk.for_admins(show), include_in_schema=False)
    for at, change in (
        ("pages", admin.upload),
        ("accept", admin.accept),
        ("discard", admin.discard),
        ("article/{article_id}", admin.revise),
        ("remove", admin.remove),
        ("restore", admin.restore),
        ("rebuild", admin.start),
        ("case", admin.case),
        ("sign-out", lambda visit, _form: _sign_out(desk, visit.request)),
    ):
        app.add_route(f"/library/{at}", desk.changed(change), methods=["POST"], include_in_schema=False)
    app.add_route(
        "/library/sign-in", desk.shown(lambda visit: visit.page("sign_in", wrong="")), include_in_schema=False
    )
    app.add_route("/library/sign-in", _sign_in(desk), methods=["POST"], include_in_schema=False)


def _sign_in(desk: Desk) -> Handler:
    async def handle(request: Request) -> Response:
        visit = desk.visit(request)
        if not (desk.roles.keyed and from_here(request)):
            return visit.message(visit.say("forbidden"), 403)
        async with request.form(max_files=0, max_fields=FIELDS) as form:
            key = field(form, "key")
        token, wait = await run_in_threadpool(desk.roles.sign_in, key, request)
        if wait:
            return visit.page("sign_in", 429, wrong=visit.say("wait").format(seconds=ceil(wait)))
        if not token:
            return visit.page("sign_in", 401, wrong=visit.say("key_wrong"))
        there = visit.go("admin")
        there.set_cookie(
            of_people.COOKIE,
            token,
            path=_cookie_path(desk),
            httponly=True,
            samesite="strict",
            secure=request.url.scheme == "https",
        )
        return there

    return handle


def _sign_out(desk: Desk, request: Request) -> Response:
    desk.roles.sign_out(request)
    there = desk.visit(request).go("sign-in")
    there.delete_cookie(of_people.COOKIE, path=_cookie_path(desk))
    return there


def _cookie_path(desk: Desk) -> str:
    """Where the cookie is sent: to the library alone."""
    return f"{desk.settings.root_path}/library"
