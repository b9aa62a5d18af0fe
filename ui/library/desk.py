"""What all pages of the library share: who asks, in which language, what their forms must carry, and how a page is filled."""

from __future__ import annotations

import hmac
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from dataclasses import field as made_with
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from starlette.concurrency import run_in_threadpool

from rag.errors import RagError
from ui import pages
from ui.library.roles import from_here
from ui.texts import TEXTS, Language
from ui.texts.library import LIBRARY
from ui.texts.remarks import said

if TYPE_CHECKING:
    from fastapi import Request, Response
    from starlette.datastructures import FormData

    from rag.config import Settings
    from ui.library.roles import Person, Roles

SHEET = "library/library.css"
FIELDS = 20
"""Most fields of a form."""

Handler = Callable[["Request"], Awaitable["Response"]]
Change = Callable[["Visit", "FormData"], "Response"]


@dataclass(frozen=True)
class Visit:
    """One request for a page of the library."""

    request: Request
    settings: Settings
    person: Person
    keyed: bool

    @property
    def language(self) -> Language:
        """The language of the page."""
        return pages.language(self.request, self.settings)

    @property
    def root(self) -> str:
        """The way from the page to the root of the application."""
        below: str = self.request.scope.get("root_path", "")
        return "../" * (self.request.url.path.count("/") - below.count("/") - 1)

    def say(self, name: str) -> str:
        """A text of the library in the language of the page."""
        return LIBRARY[self.language].of(name)

    def page(self, template: str, status: int = 200, **values: object) -> Response:
        """``template`` of ``ui/assets/library``; nobody else may keep it."""
        other: Language = "zh" if self.language == "en" else "en"
        made = pages.page(
            f"library/{template}.html.jinja",
            status,
            SHEET,
            texts=TEXTS[self.language],
            own=LIBRARY[self.language],
            language=self.language,
            other=other,
            swapped=f"?{urlencode({**self.request.query_params, 'lang': other})}",
            root=self.root,
            person=self.person,
            keyed=self.keyed,
            **values,
        )
        made.headers["cache-control"] = "no-store"
        # The address alone goes along, and to this host only: else a form's sender could not be told from a stranger's.
        made.headers["referrer-policy"] = "same-origin"
        return made

    def message(self, message: str, status: int) -> Response:
        """One line on a page of its own."""
        return self.page("message", status, message=message)

    def go(self, to: str) -> Response:
        """Lead the browser on, to an address below that of the library."""
        from starlette.responses import RedirectResponse

        return RedirectResponse(f"{self.root}library/{to}?lang={self.language}", 303)


def path(article_id: str) -> str:
    """The address of an article's page for administrators, below that of the library."""
    return f"article/{quote(article_id, safe='')}"


@dataclass(frozen=True)
class Desk:
    """Lets visitors in: anybody to look around, administrators to change something."""

    settings: Settings
    roles: Roles
    _changing: threading.Lock = made_with(default_factory=threading.Lock)

    def visit(self, request: Request) -> Visit:
        """``request`` with who sent it."""
        return Visit(request, self.settings, self.roles.of(request), self.roles.keyed)

    def shown(self, show: Callable[[Visit], Response]) -> Handler:
        """``show`` for everybody."""

        async def handle(request: Request) -> Response:
            visit = self.visit(request)
            return await run_in_threadpool(_told, visit, lambda: show(visit))

        return handle

    def for_admins(self, show: Callable[[Visit], Response]) -> Handler:
        """``show`` for administrators; others are led to the sign-in, if there is one."""

        async def handle(request: Request) -> Response:
            visit = self.visit(request)
            if visit.person.admin:
                return await run_in_threadpool(_told, visit, lambda: show(visit))
            return visit.go("sign-in") if self.roles.keyed else visit.message(visit.say("forbidden"), 403)

        return handle

    def changed(self, change: Change) -> Handler:
        """``change``, given a form that an administrator sent from a page of ours. It is not read before that is clear.

        One change at a time: most read what stands and write it anew, and two administrators may do so at once.
        """

        def alone(visit: Visit, form: FormData) -> Response:
            with self._changing:
                return change(visit, form)

        async def handle(request: Request) -> Response:
            visit = self.visit(request)
            if not (visit.person.admin and from_here(request)):
                return visit.message(visit.say("forbidden"), 403)
            async with request.form(max_files=1, max_fields=FIELDS) as form:
                given = form.get("csrf", "")
                if not (isinstance(given, str) and hmac.compare_digest(given.encode(), visit.person.csrf.encode())):
                    return visit.message(visit.say("stale_form"), 403)
                return await run_in_threadpool(_told, visit, lambda: alone(visit, form))

        return handle


def _told(visit: Visit, make: Callable[[], Response]) -> Response:
    """What ``make`` gives; what is wrong with the input is told on a page."""
    try:
        return make()
    except (RagError, ValueError) as error:
        return visit.message(said(str(error), visit.language), 400)


def field(form: FormData, name: str) -> str:
    """A field of a form as text; empty if it is not there."""
    given = form.get(name, "")
    return given.strip() if isinstance(given, str) else ""
