"""The library for administrators: upload, put right, take out, rebuild; feedback, gaps, and cases made of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from starlette.datastructures import FormData, UploadFile

from rag.errors import InputError
from rag.ingest.read import KINDS as ENDINGS
from rag.search import removed, revised
from rag.search.revised import FIELDS, Revision
from rag.types import Article
from ui import ranges, render
from ui.feedback.draft import cases_file, draft, keep
from ui.feedback.records import Verdict, now
from ui.library import desk, uploads
from ui.lines import date_known, doubt
from ui.texts import TEXTS
from ui.texts.library import FIELDS as FIELD_NAMES
from ui.texts.library import STEPS, VERDICTS
from ui.texts.opinion import REASONS
from ui.texts.remarks import said
from ui.texts.scope import KINDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fastapi import Response

    from rag.config import Settings
    from ui.feedback import Cited, Feedbacks
    from ui.library.desk import Visit
    from ui.library.rebuild import Rebuild
    from ui.library.uploads import Uploads
    from ui.live import Live

ROWS = 20
SHOWN_REVISIONS = 200
PREVIEWED = 50
"""Articles of an upload that are shown; a corpus may hold many thousands."""
OPENING = 40
"""Characters of an article's beginning in a preview."""


@dataclass(frozen=True, slots=True)
class Read:
    """An article of an upload as the preview shows it."""

    article: Article
    byline: str
    known: str
    place: str
    doubts: tuple[str, ...]
    opening: str


@dataclass(frozen=True)
class Admin:
    """What administrators do; each method answers one request."""

    live: Live
    settings: Settings
    feedbacks: Feedbacks
    uploads: Uploads
    rebuild: Rebuild

    # --- pages ---

    def overview(self, visit: Visit) -> Response:
        """Where things stand, and what can be done."""
        state = self.rebuild.state
        return visit.page(
            "admin",
            state=state,
            step=STEPS[visit.language].get(state.step, state.step),
            lines=[said(line, visit.language) for line in state.lines],
            removed=removed.read(self.settings.folder),
            revisions=revised.read(self.settings.folder)[: -SHOWN_REVISIONS - 1 : -1],
            field_names=FIELD_NAMES[visit.language],
            endings=", ".join(ENDINGS),
            size=uploads.LARGEST >> 20,
        )

    def article(self, visit: Visit) -> Response:
        """The form that puts an article right."""
        article = self._article(visit)
        log = revised.read(self.settings.folder)
        held = revised.overlay(log).get(article.id, {})
        article = revised.revised(article, held)
        source = article.source.partition("#")[0]
        return visit.page(
            "article",
            article=article,
            known=date_known(article, TEXTS[visit.language]),
            link=ranges.link(article.id, language=visit.language),
            values={field: revised.value(article, field) for field in FIELDS},
            held=held,
            seen=_seen(log, article),
            field_names=FIELD_NAMES[visit.language],
            source=source,
            beside=sum(other.source.partition("#")[0] == source for other in self.live.articles),
        )

    def preview(self, visit: Visit) -> Response:
        """How an upload is read."""
        token = visit.request.path_params["token"]
        merged = self.uploads.preview(token, self.settings.patience)
        texts = TEXTS[visit.language]
        found = tuple(
            Read(
                article,
                render.byline(article, self.settings.paper, texts),
                date_known(article, texts),
                " · ".join(filter(None, (article.province, article.city))),
                tuple(doubt(d, texts) for d in article.doubts),
                article.text[:OPENING] + "…" * (len(article.text) > OPENING),
            )
            for article in merged.articles[:PREVIEWED]
        )
        # Where it waits is nobody's business.
        folder = f"{self.uploads.waiting(token).parent}/"
        notes = [said(line.replace(folder, ""), visit.language) for line in (*merged.errors.values(), *merged.notes)]
        name = self.uploads.waiting(token).name
        return visit.page(
            "preview",
            token=token,
            name=name,
            articles=found,
            count=len(merged.articles),
            notes=notes,
            kind_names=KINDS[visit.language],
        )

    def feedback(self, visit: Visit) -> Response:
        """What people said, newest first."""
        asked = visit.request.query_params
        verdict = Verdict(asked["verdict"]) if asked.get("verdict") in set(Verdict) else None
        page = int(asked["page"]) if asked.get("page", "").isdecimal() and len(asked["page"]) < 7 else 1
        page = max(1, page)
        total, rows = self.feedbacks.listed((page - 1) * ROWS, ROWS, verdict)
        pages = -(-total // ROWS)
        kept = {"verdict": verdict or "", "lang": visit.language}
        return visit.page(
            "feedback",
            rows=rows,
            first=(page - 1) * ROWS + 1,
            page=page,
            pages=pages,
            before=f"?{urlencode({**kept, 'page': page - 1})}" if page > 1 else "",
            behind=f"?{urlencode({**kept, 'page': page + 1})}" if page < pages else "",
            verdicts=VERDICTS[visit.language],
            reasons=REASONS[visit.language],
            link=lambda cited: _link(cited, visit),
        )

    def gaps(self, visit: Visit) -> Response:
        """Where the archive has gaps."""
        return visit.page(
            "gaps", gaps=self.feedbacks.grouped(), keeps=self.settings.keep_refused, reasons=REASONS[visit.language]
        )

    # --- changes ---

    def upload(self, visit: Visit, form: FormData) -> Response:
        """Have a file wait, and show how it is read."""
        file = form.get("file")
        if not isinstance(file, UploadFile) or not file.filename:
            raise InputError("no file was sent; choose one")
        return visit.go(f"preview/{self.uploads.put(file.filename, file.file)}")

    def accept(self, visit: Visit, form: FormData) -> Response:
        """Take an upload in."""
        self.uploads.accept(desk.field(form, "token"))
        return visit.go("admin")

    def discard(self, visit: Visit, form: FormData) -> Response:
        """Throw an upload away."""
        self.uploads.discard(desk.field(form, "token"))
        return visit.go("admin")

    def revise(self, visit: Visit, form: FormData) -> Response:
        """Put an article right, or take that back."""
        article = self._article(visit)
        root = self.settings.folder
        log = revised.read(root)
        if desk.field(form, "seen") != _seen(log, article):
            raise InputError(visit.say("revised_since"))
        held = revised.overlay(log).get(article.id, {})
        now_ = revised.revised(article, held)
        blank = Revision(now(), visit.person.name, article.id, "title", "", "")
        undo = desk.field(form, "undo")
        if undo:
            if undo not in held:
                raise InputError(f"{undo!r} of this article was not put right; there is nothing to take back")
            changes = [replace(blank, field=undo, old=held[undo], new=None)]
        else:
            given = {name: desk.field(form, name) for name in FIELDS if name in form}
            changes = [
                replace(blank, field=name, old=revised.value(now_, name), new=new)
                for name, new in given.items()
                if new != revised.value(now_, name)
            ]
        if changes:
            revised.add(root, changes)
        return visit.go(desk.path(article.id))

    def remove(self, visit: Visit, form: FormData) -> Response:
        """Take a page out with the next rebuild."""
        source = desk.field(form, "source")
        if not any(article.source.partition("#")[0] == source for article in self.live.articles):
            raise InputError(f"{source[:60]!r}: no such page in the index")
        out = [*removed.read(self.settings.folder), source]
        if all(removed.covers(out, article.source.partition("#")[0]) for article in self.live.articles):
            raise InputError(visit.say("nothing_left"))
        removed.write(self.settings.folder, out)
        return visit.go("admin")

    def restore(self, visit: Visit, form: FormData) -> Response:
        """Bring a page back with the next rebuild."""
        from rag.search import upkeep

        upkeep.bring_back(self.settings, [desk.field(form, "source")])
        return visit.go("admin")

    def start(self, visit: Visit, _form: FormData) -> Response:
        """Begin a rebuild."""
        if not self.rebuild.start():
            return visit.message(visit.say("already"), 409)
        return visit.go("admin")

    def case(self, visit: Visit, form: FormData) -> Response:
        """Make a draft of an evaluation case."""
        try:
            one = self.feedbacks.get(desk.field(form, "id"))
        except KeyError:
            raise InputError("this feedback is not there any more") from None
        file = cases_file(self.settings.feedbacks)
        known = keep(file, draft(one, self.live.articles, self.live.article))
        return visit.message(visit.say("case_made" if known else "case_known").format(file=file), 200)

    # --- parts ---

    def _article(self, visit: Visit) -> Article:
        wanted = visit.request.path_params["article_id"]
        try:
            return self.live.now.article(wanted)
        except KeyError:
            raise InputError(TEXTS[visit.language].no_article.format(id=wanted[:60])) from None


def _seen(log: Sequence[Revision], article: Article) -> str:
    """How many revisions of ``article`` there are: what a form was filled from has changed if there are more by now."""
    return str(sum(one.article == article.id for one in log))


def _link(cited: Cited, visit: Visit) -> str:
    """Where the quote of a citation stands, in the reader."""
    return ranges.link(cited.article, [(cited.start, cited.start + len(cited.quote))], visit.language)
