"""The library page: what it counts and lists, who may change what, uploads, revisions, rebuilding, and cases from feedback."""

import gc
import io
import json
import re
import threading
import time
import weakref
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from attacks import ATTACKS
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st
from newsroom import ARTICLES, BAISE, GANSU, Newsroom, answered, refused
from test_render import Elements

from eval.cases import by_page, validate, waits
from eval.cases import load as load_cases
from rag.config import load
from rag.errors import InputError, StoreError
from rag.ingest.split import split
from rag.search import removed, revised
from rag.search.revised import Revision
from rag.types import Filters, Precision
from ui import api
from ui.app import LARGER, Headers
from ui.counters import Counters
from ui.door import Door
from ui.feedback import Feedbacks, Opinion, Reason, Verdict
from ui.feedback.draft import cases_file, draft
from ui.hosts import Hosts, Peers, is_loopback, known, named
from ui.library import routes
from ui.library.admin import PREVIEWED
from ui.library.census import Census
from ui.library.roles import COOKIE, LASTS, Roles
from ui.library.uploads import FOLDER, LARGEST, MOST, WAITING, Uploads, safe_name
from ui.live import Live
from ui.turns import Slots

KEY = "an-admin-key-of-length-管"
HERE = "http://127.0.0.1:7860"
PAGE = "本报讯（记者康劲）甘肃省总工会12月4日在兰州召开会议，部署冬季送温暖工作。会议要求各级工会深入一线。\n"


@pytest.fixture
def wanted(tmp_path):
    return load(store=tmp_path / "index" / "default", feedback=tmp_path / "feedback.sqlite")


def client_for(wanted, newsroom=None, base=HERE, **more):
    wanted = wanted.model_copy(update=more)
    local = is_loopback(wanted.host)
    app = FastAPI()
    app.add_middleware(Hosts, known=known(wanted, local=local))
    app.add_middleware(Headers)
    routes.add(app, Live(newsroom or Newsroom()), wanted, Feedbacks(wanted.feedbacks), Door(wanted).limit)
    return TestClient(app, base_url=base, follow_redirects=False)


@pytest.fixture
def client(wanted):
    return client_for(wanted)


def token(client, at="/library/admin"):
    return re.search(r'name="csrf" value="([^"]+)"', client.get(at).text)[1]


def send(client, at, **fields):
    seen = {"seen": seen_on(client, at)} if at.startswith("article/") else {}
    return client.post(f"/library/{at}", data={"csrf": token(client), **seen, **fields})


def seen_on(client, at):
    return re.search(r'name="seen" value="(\d+)"', client.get(f"/library/{at}").text)[1]


def titles(answer):
    return re.findall(r'<li><a href="[^"]*">([^<]*)</a>', answer.text)


# --- for everybody ------------------------------------------------------------------------------


def test_the_page_counts_what_is_in_the_archive_and_each_bar_lists_what_it_counts(client):
    page = client.get("/library")
    assert page.status_code == 200
    assert "4 篇，3 个版面" in page.text
    for link in re.findall(r'<tr><th scope="row"><a href="([^"#]*)#found">', page.text):
        count = int(re.search(re.escape(link) + r".*?<span>(\d+)</span>", page.text, re.DOTALL)[1])
        listed = client.get("/library" + link.replace("&amp;", "&"))
        assert f"共 {count} 篇" in listed.text, link


@given(st.lists(st.builds(replace, st.sampled_from(ARTICLES), province=st.sampled_from(("", "甘肃", "广西")))))
def test_every_article_is_in_one_month_one_province_and_one_kind_or_told_to_be_in_none(articles):
    census = Census.of(articles)
    for counted in (
        sum(n for _, n in census.months) + census.undated,
        sum(n for _, n in census.provinces) + census.unplaced,
        sum(n for _, n in census.kinds),
    ):
        assert counted == census.articles == len(articles)


def test_filters_words_and_what_makes_no_sense(client):
    assert titles(client.get("/library?since=2025")) == [f"《{GANSU.title}》"]
    assert titles(client.get("/library?reporter=鹿慧敏&kind=")) == [f"《{BAISE.title}》"]
    assert len(titles(client.get("/library?q=工会"))) > 1
    wrong = client.get("/library?since=<b>昨天")
    assert wrong.status_code == 200
    assert "是" not in "".join(titles(wrong))
    assert "since: &#39;&lt;b&gt;昨天&#39; 不是日期，请写成" in wrong.text
    assert "is no date; give a day" in client.get("/library?lang=en&since=x").text
    for odd in ("kind=poem", "page=0", "doubtful=x"):
        assert f"条件 {odd.partition('=')[0]} 的值不能用" in client.get(f"/library?{odd}").text
    assert titles(client.get("/library?page=99999")) == []


def test_searches_by_words_are_limited_by_address_together_with_those_of_the_api_and_lists_are_not(wanted):
    wanted = wanted.model_copy(update={"api_per_minute": 2})
    newsroom, slots, app, door = Newsroom(), Slots(), FastAPI(), Door(wanted)
    searched = []
    newsroom.search = lambda *_: searched.append("once") or ()
    routes.add(app, Live(newsroom), wanted, Feedbacks(wanted.feedbacks), door.limit)
    api.add(app, api.Service(newsroom, wanted, slots, door, Counters(slots)))
    one, other = (TestClient(app, base_url=HERE, client=(address, 1)) for address in ("10.0.0.1", "10.0.0.2"))
    assert one.get("/library?q=工会").status_code == 200
    assert one.get("/api/search?q=工会").status_code == 200
    for language, said in (("zh", "每分钟最多检索 2 次"), ("en", "More than 2 searches in a minute")):
        late = one.get(f"/library?q=工会&lang={language}")
        assert late.status_code == 429
        assert said in late.text
        assert 1 <= int(late.headers["retry-after"]) <= 60
        assert 'value="工会"' in late.text
    assert one.get("/api/search?q=工会").status_code == 429
    assert len(searched) == 2
    for listed in ("", "?q=", "?q=%20", "?place=广西", "?doubtful=1", "?since=x&q=工会"):
        assert one.get("/library" + listed).status_code == 200, listed
    assert other.get("/library?q=工会").status_code == 200


def test_a_long_list_has_pages_that_together_hold_every_article_once(wanted):
    many = tuple(replace(BAISE, id=f"m-{n}", title=f"第{n}篇") for n in range(45))
    client = client_for(wanted, Newsroom(articles=many))
    found, at = [], "?lang=zh"
    while at:
        page = client.get("/library" + at)
        found += titles(page)
        ahead = re.search(r'rel="next" href="([^"#]+)', page.text)
        at = ahead[1].replace("&amp;", "&") if ahead else ""
    assert found == [f"《第{n}篇》" for n in range(45)]


def test_texts_of_articles_and_queries_stay_text(client):
    for at in ("/library", *(f"/library?q={attack}" for attack in ATTACKS[:4])):
        page = client.get(at)
        assert not {"script", "img", "iframe", "math"} & {tag for tag, _ in Elements(page.text).tags}, at
        assert not any(name.startswith("on") for _, given_ in Elements(page.text).tags for name in given_)


def test_pages_let_no_script_in_and_send_forms_to_this_host_alone(client):
    for at in ("/library", "/library/admin", "/library/article/a-baise", "/library/feedback", "/library/gaps?lang=en"):
        page = client.get(at)
        assert page.status_code == 200, at
        own = page.headers.get_list("content-security-policy")[0]
        assert "default-src 'none'" in own
        assert "form-action 'self'" in own
        assert "script-src" not in own
        assert "<script" not in page.text
        assert page.headers.get_list("referrer-policy") == ["same-origin"]
        assert page.headers["cache-control"] == "no-store"


# --- who may change what ------------------------------------------------------------------------

CHANGES = ("pages", "accept", "discard", "article/a-baise", "remove", "restore", "rebuild", "case", "sign-out")
PAGES = ("admin", "article/a-baise", "preview/x", "feedback", "gaps")


@pytest.mark.parametrize(
    "more",
    [
        {"host": "0.0.0.0"},
        {"host": "0.0.0.0", "api_anonymous": True},
        {"hosts": ("127.0.0.1",)},
        {"root_path": "/rag"},
        {"proxy_address": "10.0.0.1", "proxy_user_header": "X-User", "proxy_admins": ("li",)},
    ],
)
def test_without_keys_nobody_but_who_sits_at_the_machine_is_an_administrator(wanted, more):
    client = client_for(wanted, **more)
    assert client.get("/library").status_code == 200
    assert "library/article" not in client.get("/library").text
    for at in PAGES:
        assert client.get(f"/library/{at}", headers={"X-User": "li"}).status_code == 403
    for at in CHANGES:
        assert client.post(f"/library/{at}", data={"csrf": ""}, headers={"X-User": "li"}).status_code == 403


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "Via", "X-Real-IP"])
def test_who_comes_through_a_proxy_does_not_sit_at_the_machine(client, header):
    assert client.get("/library/admin").status_code == 200
    assert client.get("/library/admin", headers={header: "203.0.113.9"}).status_code == 403


@pytest.mark.parametrize(("version", "admin"), [("1.0", False), ("1.1", True), ("2", True)])
def test_a_proxy_that_tells_nothing_gives_itself_away_by_an_old_http(version, admin):
    from starlette.requests import Request

    scope = {"type": "http", "http_version": version, "headers": [(b"host", b"127.0.0.1:7860")]}
    assert Roles(load()).of(Request(scope)).admin is admin


def test_a_form_without_its_token_or_from_another_site_changes_nothing(client, wanted):
    given_ = {"csrf": token(client), "title": "新题", "seen": "0"}
    for bad in ({"csrf": ""}, {"csrf": "x" * 64}, {"csrf": "管"}):
        assert client.post("/library/article/a-baise", data={**given_, **bad}).status_code == 403
    for origin in ("https://evil.example", "null", "http://127.0.0.1:1", ""):
        sent = client.post("/library/article/a-baise", data=given_, headers={"Origin": origin})
        assert sent.status_code == 403, origin
    assert revised.read(wanted.store) == ()
    assert client.post("/library/article/a-baise", data=given_, headers={"Origin": HERE}).status_code == 303
    assert len(revised.read(wanted.store)) == 1


def test_an_administrator_signs_in_with_a_key_and_out_again(wanted):
    from pydantic import SecretStr

    client = client_for(wanted, host="0.0.0.0", admin_keys=(SecretStr(KEY),))
    assert client.get("/library/admin").headers["location"] == "../library/sign-in?lang=zh"
    assert client.post("/library/sign-in", data={"key": "wrong"}).status_code == 401
    assert client.get("/library/admin").status_code == 303
    signed = client.post("/library/sign-in", data={"key": KEY})
    cookie = signed.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert "Path=/library" in cookie
    assert KEY not in cookie
    assert client.get("/library/admin").status_code == 200
    assert KEY not in client.get("/library/admin").text
    kept = client.cookies[COOKIE]
    assert client.post("/library/sign-out", data={"csrf": token(client)}).status_code == 303
    client.cookies.set(COOKIE, kept, path="/library")
    assert client.get("/library/admin").status_code == 303
    for _ in range(12):
        last = client.post("/library/sign-in", data={"key": "wrong"})
    assert last.status_code == 429
    assert client.post("/library/sign-in", data={"key": KEY}).status_code == 429


def test_a_session_ends_an_hour_after_it_was_last_used():
    from pydantic import SecretStr
    from starlette.requests import Request

    now = [0.0]
    roles = Roles(load(host="0.0.0.0", admin_keys=(SecretStr(KEY),)), clock=lambda: now[0])
    bare = Request({"type": "http", "headers": [], "client": ("10.1.1.1", 1)})
    session, _ = roles.sign_in(KEY, bare)
    with_it = {"type": "http", "headers": [(b"cookie", f"{COOKIE}={session}".encode())]}
    for step in (LASTS - 1, LASTS - 1):
        now[0] += step
        assert roles.of(Request(dict(with_it))).admin
    now[0] += LASTS + 1
    assert not roles.of(Request(dict(with_it))).admin


def test_a_header_names_a_person_only_where_it_comes_from_the_proxy(wanted):
    from starlette.requests import Request

    sso = wanted.model_copy(
        update={"proxy_address": "10.0.0.1", "proxy_user_header": "X-User", "proxy_admins": ("li",)}
    )
    roles = Roles(sso)

    def person(peer, user, client="10.0.0.1"):
        headers = [(b"x-user", user.encode()), (b"host", b"x")]
        return roles.of(Request({"type": "http", "headers": headers, "client": (client, 1), "rag.peer": peer}))

    assert (person("10.0.0.1", "li").name, person("10.0.0.1", "li").admin) == ("li", True)
    assert (person("10.0.0.1", "wang").name, person("10.0.0.1", "wang").admin) == ("wang", False)
    # What a forwarding header made of the client is not believed.
    assert not person("203.0.113.9", "li").admin


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("localhost:7860", "localhost"),
        ("localhost:", "localhost"),
        ("[::1]:7860", "::1"),
        ("Rag.Example.", "rag.example"),
        *(
            (wrong, "")
            for wrong in ("", ":80", "localhost:1@evil.example", "[::1].evil.example", "localhost/x", "a:b:c")
        ),
    ],
)
def test_the_name_in_a_host_header_goes_without_its_port(host, name):
    assert named(host) == name


def test_a_server_for_this_machine_answers_to_its_own_names_alone(wanted):
    for host, status in (
        ("127.0.0.1:7860", 200),
        ("localhost", 200),
        ("[::1]:1", 200),
        ("evil.example", 421),
        ("localhost:1@evil.example", 421),
        ("", 421),
    ):
        assert client_for(wanted).get("/library", headers={"Host": host}).status_code == status, host
    assert client_for(wanted, host="::1").get("/library", headers={"Host": ""}).status_code == 421
    opened = client_for(wanted, hosts=("rag.intranet",))
    assert opened.get("/library", headers={"Host": "rag.intranet"}).status_code == 200
    assert opened.get("/library", headers={"Host": "evil.example"}).status_code == 421
    assert client_for(wanted, host="0.0.0.0").get("/library", headers={"Host": "any.example"}).status_code == 200


def test_who_is_at_the_other_end_is_noted_before_headers_are_believed():
    import asyncio

    seen = {}

    async def app(scope, receive, send):
        seen.update(scope)

    asyncio.run(Peers(app)({"type": "http", "client": ("10.0.0.1", 5)}, None, None))
    assert seen["rag.peer"] == "10.0.0.1"


# --- uploads ------------------------------------------------------------------------------------


def upload(client, name, data):
    return client.post("/library/pages", data={"csrf": token(client)}, files={"file": (name, data)})


def packed(**members):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name.replace("__", "/"), data)
    return made.getvalue()


def test_an_upload_is_shown_as_it_is_read_and_taken_in_only_when_somebody_says_so(client, wanted):
    page = "送温暖工作启动\n\n" + PAGE
    there = upload(client, "第1版.txt", page.encode())
    assert there.status_code == 303
    at = urlsplit(there.headers["location"]).path.removeprefix("../")
    shown = client.get(f"/{at}")
    assert "甘肃省总工会12月4日在兰州召开会议" in shown.text
    assert "康劲" in shown.text
    root = wanted.uploaded
    assert not (root / FOLDER).exists()
    assert str(root) not in shown.text
    assert send(client, "accept", token=at.rpartition("/")[2]).status_code == 303
    assert (root / FOLDER / "第1版.txt").read_text("utf-8") == page
    assert list((root / WAITING).iterdir()) == []
    assert client.get(f"/{at}").status_code == 400
    # Never over another of the same name.
    at = urlsplit(upload(client, "第1版.txt", b"other").headers["location"]).path
    assert send(client, "accept", token=at.rpartition("/")[2]).status_code == 400
    assert (root / FOLDER / "第1版.txt").read_text("utf-8") == page
    assert send(client, "discard", token=at.rpartition("/")[2]).status_code == 303
    assert list((root / WAITING).iterdir()) == []


def test_of_a_large_corpus_only_the_beginning_is_shown(client):
    lines = "".join(json.dumps({"id": f"{n}", "title": f"第{n}篇", "text": PAGE}) + "\n" for n in range(PREVIEWED + 3))
    at = urlsplit(upload(client, "corpus.jsonl", lines.encode()).headers["location"]).path.removeprefix("../")
    shown = client.get(f"/{at}").text
    assert f"{PREVIEWED + 3} 篇" in shown
    assert f"只显示前 {PREVIEWED} 篇" in shown
    assert len(re.findall("<li><strong>", shown)) == PREVIEWED


@pytest.mark.parametrize(
    ("given_", "kept"),
    [
        ("../../etc/cron.d/x.txt", "x.txt"),
        ("..\\..\\x.TXT", "x.txt"),
        ("C:\\pages\\第3版.pdf", "第3版.pdf"),
        ("/.bashrc.txt", "bashrc.txt"),
        ("~$lock.docx", "lock.docx"),
        ("README.md", "page-README.md"),
        ("a\x00b\n\u202etxt.exe.txt", "a_b__txt.exe.txt"),
        ("a.jsonl.gz", "a.jsonl.gz"),
    ],
)
def test_a_name_is_no_path_and_nothing_hidden(given_, kept):
    assert safe_name(given_) == kept


@given(st.text(max_size=300), st.sampled_from((".txt", ".PDF", ".jsonl.gz", ".exe", "")))
def test_whatever_the_name_the_file_stays_in_its_folder_and_can_be_read(stem, ending):
    from rag.ingest.read import _is_aside, _is_page

    try:
        name = safe_name(stem + ending)
    except InputError:
        return
    assert "/" not in name
    assert "\\" not in name
    assert name.isprintable()
    assert len(name.encode()) <= 255
    assert _is_page(name)
    assert not _is_aside(name)


@pytest.mark.parametrize("name", ["x.exe", "x", ".txt", "..", "", "x.txt.sh"])
def test_what_is_of_no_kind_that_is_read_is_refused_in_a_line(client, wanted, name):
    answer = upload(client, name, b"x")
    assert answer.status_code == 400
    assert not list(wanted.uploaded.rglob("*.*"))


def test_an_upload_that_is_too_large_is_refused_and_leaves_nothing(client, wanted):
    form = token(client)
    sent = client.post("/library/pages", data={"csrf": form}, files={"file": ("x.txt", b"x" * (LARGEST + 1))})
    assert sent.status_code == 400
    assert "16 MiB" in sent.text
    huge = client.post(
        "/library/pages", data={"csrf": form}, files={"file": ("x.txt", b"x" * LARGER["/library/pages"])}
    )
    assert huge.status_code == 413
    assert client.post("/library/accept", content=b"x" * 300_000).status_code == 413
    assert "请先选择" in client.post("/library/pages", data={"csrf": form}).text
    assert not [path for path in wanted.uploaded.rglob("*") if path.is_file()]


def test_an_archive_that_unfolds_without_end_or_climbs_out_is_told_and_writes_nothing(client, wanted, tmp_path):
    before = {path for path in tmp_path.rglob("*") if path.is_file()}
    bomb = packed(**{"a.txt": b"0" * (40 * 2**20)})
    climbing = packed(**{"..__..__evil.txt": PAGE.encode(), "第2版.txt": PAGE.encode()})
    damaged = packed(**{"a.txt": PAGE.encode()})[:60]
    for n, data in enumerate((bomb, climbing, damaged)):
        assert len(data) < 256 * 1024
        at = urlsplit(upload(client, f"{n}.zip", data).headers["location"]).path.removeprefix("../")
        shown = client.get(f"/{at}")
        assert shown.status_code == 200
        assert 'class="warn"' in shown.text or n == 1
        assert ("请重新打包" in shown.text) is (n == 2)
    assert "pack it again" in client.get(f"/{at}?lang=en").text
    made = {path for path in tmp_path.rglob("*") if path.is_file()} - before
    assert sorted(path.name for path in made) == ["0.zip", "1.zip", "2.zip"]


def test_only_so_many_uploads_wait_and_those_of_yesterday_do_not(wanted, monkeypatch):
    held = Uploads(wanted.uploaded)
    for n in range(MOST):
        held.put(f"{n}.txt", io.BytesIO(b"x"))
    with pytest.raises(InputError, match="waiting"):
        held.put("more.txt", io.BytesIO(b"x"))
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 3700)
    held.put("more.txt", io.BytesIO(b"x"))
    assert len(list((wanted.uploaded / WAITING).iterdir())) == 1
    for bad in ("", "..", "../../x", "x" * 22):
        with pytest.raises(InputError):
            held.waiting(bad)


# --- revisions ----------------------------------------------------------------------------------

VALUES = {
    "title": st.text(st.characters(exclude_categories=("C", "Z")), max_size=30),
    "date": st.one_of(
        st.just(""), st.dates(date(1900, 1, 1), date(2100, 12, 31)).map(str), st.integers(1900, 2100).map(str)
    ),
    "province": st.sampled_from(("", "甘肃", "江苏")),
    "city": st.text("兰州市", max_size=4),
}


@given(st.sampled_from(ARTICLES[:3]), st.fixed_dictionaries({}, optional=VALUES))
@settings(deadline=None)  # the first one loads the dictionary
def test_whatever_is_put_right_every_passage_and_quote_stays_as_printed(article, values):
    after = revised.revised(article, values)
    assert after.text == article.text
    assert (after.id, after.paragraphs, after.source, after.lines) == (
        article.id,
        article.paragraphs,
        article.source,
        article.lines,
    )
    assert {f: revised.value(after, f) for f in values} == values
    size = 120
    assert [(p.id, p.start, p.text) for p in split(after, size)] == [
        (p.id, p.start, p.text) for p in split(article, size)
    ]
    again = revised.revised(after, {f: revised.value(article, f) for f in values if f != "date"})
    assert all(revised.value(again, f) == revised.value(article, f) for f in values if f != "date")


def test_a_revision_is_logged_can_be_taken_back_and_the_log_keeps_both(client, wanted):
    first = send(client, "article/a-baise", title="边境乡镇工会", date="2023-04-22")
    assert first.status_code == 303
    form = client.get("/library/article/a-baise").text
    assert 'value="边境乡镇工会"' in form
    assert 'value="2023-04-22"' in form
    assert send(client, "article/a-baise", undo="title").status_code == 303
    assert f'value="{BAISE.title}"' in client.get("/library/article/a-baise").text
    log = revised.read(wanted.store)
    assert [(one.field, one.old, one.new) for one in log] == [
        ("title", BAISE.title, "边境乡镇工会"),
        ("date", BAISE.published.date, "2023-04-22"),
        ("title", "边境乡镇工会", None),
    ]
    assert {one.by for one in log} == {"local"}
    assert revised.overlay(log) == {"a-baise": {"date": "2023-04-22"}}
    after = revised.applied((BAISE, GANSU), wanted.store)
    assert (after[0].published.date, after[0].published.precision) == ("2023-04-22", Precision.DAY)
    assert after[1] is GANSU
    assert "边境乡镇工会" in client.get("/library/admin").text
    assert send(client, "article/a-baise", undo="city").status_code == 400


def test_a_form_filled_in_before_somebody_else_put_the_article_right_does_not_undo_that(client, wanted):
    before = seen_on(client, "article/a-baise")
    assert send(client, "article/a-baise", title="甲的题名").status_code == 303
    late = send(client, "article/a-baise", title=BAISE.title, city="百色市", seen=before)
    assert late.status_code == 400
    assert "别人" in late.text
    assert [one.new for one in revised.read(wanted.store)] == ["甲的题名"]
    assert send(client, f"article/{GANSU.id}", city="兰州").status_code == 303


@pytest.mark.parametrize(
    "wrong",
    [
        {"date": "2023-02-30"},
        {"date": "昨天"},
        {"date": "2025-08"},
        {"date": "0999-01-01"},
        {"date": "２０２５"},
        {"title": "长" * 201},
        {"title": "a\x00b"},
    ],
)
def test_a_value_that_makes_no_sense_is_refused_and_nothing_is_logged(client, wanted, wrong):
    assert send(client, "article/a-baise", **wrong).status_code == 400
    assert revised.read(wanted.store) == ()


def test_a_line_cut_short_by_a_crash_is_passed_over_and_the_next_begins_anew(wanted):
    one = Revision("2026-01-01T00:00:00+00:00", "local", "a", "title", "旧", "新")
    revised.add(wanted.store, [one])
    with revised.log(wanted.store).open("ab") as file:
        file.write('{"when": "2026", "by": "断'.encode()[:-1])
    assert revised.read(wanted.store) == (one,)
    revised.add(wanted.store, [replace(one, field="city")])
    assert revised.read(wanted.store) == (one, replace(one, field="city"))
    revised.log(wanted.store).write_text('{"when": 1}\n', "utf-8")
    with pytest.raises(StoreError, match="no revision"):
        revised.read(wanted.store)


# --- taking out ---------------------------------------------------------------------------------


def test_two_administrators_who_take_pages_out_at_once_both_have_their_way(wanted, monkeypatch):
    many = tuple(replace(BAISE, id=f"m-{n}", source=f"{n}.txt") for n in range(7))
    client = client_for(wanted, Newsroom(articles=many))
    form, read = token(client), removed.read

    def slow(root):
        found = read(root)
        time.sleep(0.02)  # in which another would read the same
        return found

    monkeypatch.setattr(removed, "read", slow)
    with ThreadPoolExecutor(6) as people:
        sent = people.map(
            lambda n: client.post("/library/remove", data={"csrf": form, "source": f"{n}.txt"}).status_code, range(6)
        )
    assert list(sent) == [303] * 6
    assert read(wanted.store) == tuple(f"{n}.txt" for n in range(6))
    # The last one stays, or the server could not be started again.
    assert send(client, "remove", source="6.txt").status_code == 400
    assert send(client, "remove", source="nothing.txt").status_code == 400
    assert read(wanted.store) == tuple(f"{n}.txt" for n in range(6))


# --- rebuilding ---------------------------------------------------------------------------------


@pytest.fixture
def growing(tmp_path):
    """A library over an index of one page of its own: its settings, the assistant in use, and a client."""
    from rag.assistant import Assistant
    from rag.search import encode, library

    pages = tmp_path / "pages"
    pages.mkdir()
    text = "江苏工会办起驿站\n\n" + PAGE.replace("甘肃", "江苏").replace("兰州", "南京")
    (pages / "one.txt").write_text(text, "utf-8")
    wanted = load(store=tmp_path / "index" / "default", pages=(pages,), feedback=tmp_path / "feedback.sqlite")
    library.update(wanted, encode.load(wanted.encoder), lambda *_: None, jobs=1)
    live, slots, app = Live(Assistant.open(wanted), grace=0.0), Slots(), FastAPI()
    door = Door(wanted)
    routes.add(app, live, wanted, Feedbacks(wanted.feedbacks), door.limit)
    api.add(app, api.Service(live, wanted, slots, door, Counters(slots), fault=lambda: live.fault))
    return wanted, live, TestClient(app, base_url=HERE, follow_redirects=False)


def rebuilt(client):
    """The page for administrators after a rebuild."""
    assert send(client, "rebuild").status_code == 303
    finished()
    return client.get("/library/admin").text


def finished():
    for thread in threading.enumerate():
        if thread.name == "rebuild":
            thread.join()


@pytest.mark.slow
def test_uploaded_revised_removed_brought_back_and_each_time_the_server_answers_from_the_new_index(growing):
    from rag.assistant import Assistant
    from rag.search import encode, library

    wanted, live, client = growing
    before, cited = live.index_id, live.articles[0].id

    def sources():
        assert "重建失败" not in rebuilt(client)
        return sorted(a.source for a in live.articles)

    at = urlsplit(upload(client, "two.txt", ("甘肃工会送温暖\n\n" + PAGE).encode()).headers["location"]).path
    send(client, "accept", token=at.rpartition("/")[2])
    assert sources() == ["one.txt", "uploaded/two.txt"]
    assert live.index_id != before
    text = live.article(cited).text
    send(client, f"article/{cited}", title="更正后的题名", date="2024-01-02")
    passages_before = [hit.passage.id for hit in live.search("驿站 会议", 5)]
    sources()
    assert (live.article(cited).title, live.article(cited).published.date) == ("更正后的题名", "2024-01-02")
    assert live.article(cited).text == text
    assert sorted(hit.passage.id for hit in live.search("驿站 会议", 5)) == sorted(passages_before)
    assert titles(client.get("/library?since=2024-01-02&until=2024-01-02")) == ["《更正后的题名》"]
    # Everything read anew keeps it, too.
    both = wanted.model_copy(update={"pages": (*wanted.pages, wanted.uploaded)})
    library.update(both, encode.load(wanted.encoder), lambda *_: None, jobs=1, again=True)
    assert Assistant.open(wanted).article(cited).title == "更正后的题名"
    *_, answer = live.stream("江苏省总工会部署了什么工作？")
    assert cited in {c.passage.article_id for c in answer.citations}
    send(client, "remove", source="one.txt")
    assert sources() == ["uploaded/two.txt"]
    assert live.article(cited).text == text  # the answer is on the screen
    send(client, "restore", source="one.txt")
    assert sources() == ["one.txt", "uploaded/two.txt"]
    send(client, f"article/{cited}", undo="title")
    sources()
    assert live.article(cited).title == "江苏工会办起驿站"


@pytest.mark.slow
def test_what_the_command_line_built_is_put_in_use_and_never_what_fails_its_self_test(growing, monkeypatch):
    from rag.search import encode, library

    wanted, live, client = growing
    more = wanted.pages[0] / "three.txt"
    more.write_text("广西工会建起新家\n\n" + PAGE.replace("甘肃", "广西"), "utf-8")
    library.update(wanted, encode.load(wanted.encoder), lambda *_: None, jobs=1)
    assert len(live.articles) == 1
    told_ = rebuilt(client)
    assert "重建失败" not in told_
    assert "已是最新：2 个文件、2 页、2 篇（报道 2）、2 段，无需重建" in told_
    assert "up to date: 2 files" in client.get("/library/admin?lang=en").text
    assert len(live.articles) == 2
    more.unlink()
    with monkeypatch.context() as patched:
        fault = "self-test: no search finds a passage with 工会, though there are some"
        patched.setattr("rag.search.selftest.fault", lambda _store: fault)
        failed = rebuilt(client)
        assert "重建失败" in failed
        assert "自检：含有 工会 的段落检索不到" in failed
    assert len(live.articles) == 2
    assert "重建失败" not in rebuilt(client)
    assert len(live.articles) == 1


def mapped(wanted):
    """Which builds of the index have files open in this process."""
    maps = Path("/proc/self/maps").read_text("utf-8")
    return set(re.findall(rf"{re.escape(str(wanted.store))}/builds/([^/]+)/", maps))


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="looks for mapped files in /proc")
def test_after_a_rebuild_nothing_of_the_index_before_stays_in_memory(growing):
    wanted, live, client = growing
    *_, answer = live.stream("江苏办起了什么？")
    assert not answer.refused
    assert live.listed(Filters(place="江苏"), 0, 9)[0] == 1
    assert live.search("驿站", 3, Filters(place="江苏"))
    client.get("/library?q=驿站&place=江苏")
    before = weakref.ref(live.now.store)
    (used,) = mapped(wanted)
    gc.collect()
    gc.disable()  # it must go by itself: what only a collection would free stays for long in a large process
    try:
        (wanted.pages[0] / "two.txt").write_text("广西工会建起新家\n\n" + PAGE.replace("甘肃", "广西"), "utf-8")
        assert "重建失败" not in rebuilt(client)
        assert before() is None
        (now_,) = mapped(wanted)
    finally:
        gc.enable()
    assert now_ != used


@pytest.mark.slow
def test_a_fault_that_was_found_at_the_start_counts_until_a_good_index_is_in_use(growing, monkeypatch):
    _, live, client = growing
    live.fault, before = "self-test: no search finds a passage", live.now
    assert client.get("/readyz").status_code == 503
    with monkeypatch.context() as patched:
        patched.setattr("rag.search.selftest.fault", lambda _store: "self-test: no search finds a passage")
        assert "重建失败" in rebuilt(client)
    assert client.get("/readyz").status_code == 503
    assert live.now is before
    assert "重建失败" not in rebuilt(client)  # of the same pages: the id is the same, too
    assert client.get("/readyz").json() == {"status": "ready", "index": live.index_id, "articles": 1}
    assert live.now is not before
    monkeypatch.setattr("rag.search.selftest.fault", lambda _store: "self-test: no search finds a passage")
    (live.now.settings.pages[0] / "two.txt").write_text("广西工会建起新家\n\n" + PAGE.replace("甘肃", "广西"), "utf-8")
    assert "重建失败" in rebuilt(client)  # and the index in use is as good as it was
    assert client.get("/readyz").status_code == 200


def test_a_rebuild_that_fails_says_so_and_the_old_index_stays_in_use(wanted, tmp_path):
    client = client_for(wanted, pages=(tmp_path / "gone",))
    assert send(client, "rebuild").status_code == 303
    finished()
    assert "重建失败" in client.get("/library/admin").text
    assert "4 篇，3 个版面" in client.get("/library").text


def replaced(articles, grace=0.0):
    """A newsroom, one with other articles that is to take its place, and what lets it do so."""
    old, new = Newsroom(index_id="old"), Newsroom(index_id="new", articles=articles)
    return old, new, Live(old, grace=grace)


def test_articles_of_answers_on_the_screen_can_be_read_when_the_index_has_them_no_more():
    old, new, live = replaced((GANSU,))
    *_, answer = live.stream("百色怎么补助？")
    live.use(new)
    del old
    assert list(live.articles) == [GANSU]
    assert {live.article(cited.passage.article_id) for cited in answer.citations} == {BAISE, GANSU}
    with pytest.raises(KeyError):
        live.article("a-hostile")  # no answer was made of it
    live.use(Newsroom(index_id="newest", articles=ARTICLES[3:]))
    assert live.article(BAISE.id) == BAISE


def test_a_question_begun_before_the_exchange_ends_with_its_index_and_that_goes_when_it_has_ended():
    old, new, live = replaced((GANSU,))
    kept, gone = weakref.ref(old), old.go
    asked = live.stream("百色慢")
    next(asked)
    live.use(new)
    assert live.search("甘肃", 1)[0].passage.article_id == GANSU.id
    del old
    assert kept() is not None
    assert live.article("a-hostile").id == "a-hostile"  # it may yet be cited
    gone.set()
    *_, answer = asked
    assert kept() is None
    assert {live.article(c.passage.article_id).id for c in answer.citations} == {BAISE.id, GANSU.id}


def test_what_was_begun_otherwise_has_some_seconds_to_end():
    old, new, live = replaced((GANSU,), grace=1.0)
    kept = weakref.ref(old)
    live.use(new)
    del old
    assert live.article("a-hostile").id == "a-hostile"
    deadline = time.monotonic() + 30
    while kept() is not None:
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_an_answer_on_the_screen_is_followed_up_with_the_index_in_use_if_that_has_its_articles():
    old, new, live = replaced(ARTICLES)
    old.onward, new.onward = lambda *_: ("旧",), lambda *_: ("新",)
    given_ = answered("百色怎么补助？")
    before = replace(given_, trace=replace(given_.trace, index_id="old"))
    assert live.onward(before) == ("旧",)
    live.use(new)
    assert live.onward(before) == ("新",)
    new.articles = (GANSU,)
    assert live.onward(before) == ()


# --- feedback, gaps, cases ----------------------------------------------------------------------


def test_feedback_and_gaps_are_listed_as_text(client, wanted):
    kept = Feedbacks(wanted.feedbacks)
    kept.put(answered(ATTACKS[0]), "a", Opinion(Verdict.DOWN, (Reason.OUTDATED,), ATTACKS[1]), "zh")
    kept.put(refused("火星上有工会吗？"), "b", Opinion(Verdict.UP), "zh")
    page = client.get("/library/feedback").text
    assert "&lt;script&gt;" in page
    assert not {"script", "img"} & {tag for tag, _ in Elements(page).tags}
    assert "过时" in page
    assert "火星" not in client.get("/library/feedback?verdict=down").text
    assert "&lt;script&gt;" in client.get("/library/gaps").text
    for odd in ("?page=0", "?page=x", "?verdict=meh", "?page=99999999999"):
        assert client.get("/library/feedback" + odd).status_code == 200


def test_one_click_makes_a_case_that_waits_for_a_person_and_is_sound(client, wanted):
    kept = Feedbacks(wanted.feedbacks)
    up = kept.put(answered("百色怎么补助？"), "a", Opinion(Verdict.UP), "zh")
    down = kept.put(refused("火星上有工会吗？"), "b", Opinion(Verdict.DOWN, (Reason.UNANSWERED,), "应有"), "zh")
    for one in (up, down, up):
        made = send(client, "case", id=one.id)
        assert made.status_code == 200
    assert "已有这道题" in made.text
    cases = load_cases(cases_file(wanted.feedbacks))
    assert [case.query for case in cases] == ["百色怎么补助？", "火星上有工会吗？"]
    assert all(waits(case) for case in cases)
    assert [case.answerable for case in cases] == [True, False]
    assert validate(cases, by_page(ARTICLES)) == []
    assert "应有" in cases[1].note
    assert send(client, "case", id="nobody").status_code == 400
    with pytest.raises(InputError, match="not in the archive"):
        draft(up, (GANSU,), Newsroom().article)
