"""The report in a real browser, as a file and served: nothing leaves it, filters work, no text runs."""

import asyncio
import threading
import time

import pytest
from attacks import ATTACKS
from axe import findings
from newsroom import Newsroom
from patience import SECONDS, until
from test_report import MADE, attacked, crash, refusal, row, small

from eval import report, runs
from eval.records import Run
from rag.config import load
from ui.app import Headers, listen
from ui.quality import add
from ui.texts import ZH

FLAGS = (
    "--no-sandbox --headless=new --disable-gpu --disable-background-networking --disable-sync --no-first-run".split()
)

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Reports as files, by name."""
    made = {
        "small": small(),
        "hostile": attacked("".join(ATTACKS)),
        "many": Run(
            MADE,
            tuple(
                [row(f"r{n}", query=f"第{n}个问题", lang=("zh", "en")[n % 2]) for n in range(300)]
                + [refusal(f"u{n}", split="test") for n in range(30)]
                + [crash(f"c{n}") for n in range(4)]
            ),
        ),
    }
    folders = {}
    for name, run in made.items():
        folders[name] = tmp_path_factory.mktemp(name)
        report.write(run, folders[name], "zh")
    return {name: folder / "report.html" for name, folder in folders.items()}


@pytest.fixture
def visit(browser):
    """Opens an address; afterwards fails the test if anything else was asked for, or anything was blocked or went wrong."""
    contexts, requests, complaints = [], [], []

    def go(address, width=1280, height=900, **options):
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        context.on("request", lambda request: requests.append(request.url))
        page = context.new_page()
        page.set_default_timeout(1000 * SECONDS)
        page.on("console", lambda m: complaints.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(address)
        asked.append(address)
        return page

    asked: list[str] = []
    yield go
    for context in contexts:
        context.close()
    assert {url.partition("#")[0] for url in requests} <= {url.partition("#")[0] for url in asked}
    assert complaints == []


def shown(page):
    """The ids of the cases that are shown."""
    return page.eval_on_selector_all(".case", "all => all.filter(c => c.offsetParent).map(c => c.id.slice(5))")


def test_filters_show_the_cases_meant_and_no_others(visit, files):
    page = visit(files["small"].as_uri())
    assert len(shown(page)) == 7
    assert page.inner_text("#count") == "显示 7 / 7 个用例"
    for name, value, wanted in (
        ("outcome", "wrong", ["a2"]),
        ("outcome", "crashed", ["a7"]),
        ("outcome", "not_right", ["a2", "a5", "a6", "a7"]),
        ("type", "list", ["a2"]),
        ("lang", "en", ["a3"]),
        ("split", "test", ["a3"]),
        ("evidence", "unfound", ["a1", "a2", "a3", "a5", "a7"]),
    ):
        page.select_option(f"[name={name}]", value)
        assert shown(page) == wanted, (name, value)
        page.click("#reset")
        assert len(shown(page)) == 7
    page.select_option("[name=type]", "single_fact")
    page.fill("[name=search]", "couriers HOW")
    assert shown(page) == ["a3"]
    assert page.inner_text("#count") == "显示 1 / 7 个用例"
    page.fill("[name=search]", "<nothing>")
    assert page.is_visible("#nothing")
    page.press("[name=search]", "Escape")
    assert len(shown(page)) == 3


def test_a_choice_is_kept_in_the_address_and_a_case_has_one_of_its_own(visit, files):
    page = visit(files["small"].as_uri())
    page.select_option("[name=outcome]", "crashed")
    assert shown(visit(page.evaluate("location.href"))) == ["a7"]
    page = visit(f"{files['small'].as_uri()}#case-a5")
    assert page.get_attribute("#case-a5", "open") is not None


def test_everything_can_be_reached_by_keyboard(visit, files):
    page = visit(files["small"].as_uri())
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    until(page, lambda: page.evaluate("location.hash") == "#cases")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") == "search"
    for _ in range(4):  # the three buttons, then the first case
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.get_attribute("#case-a1", "open") is not None
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#c1-1"


def test_a_search_over_all_cases_is_quick(visit, files):
    page = visit(files["many"].as_uri())
    spent = page.evaluate(
        """() => { const box = document.querySelector('[name=search]'); const start = performance.now();
        for (const text of ['第29', '第2', '', '第1个问题']) { box.value = text; box.dispatchEvent(new Event('input')); }
        document.body.offsetHeight; return performance.now() - start }"""
    )
    assert shown(page) == ["r1"]
    assert spent < 2000


def test_no_text_runs_and_no_text_is_lost(visit, files):
    page = visit(files["hostile"].as_uri())
    page.click("#open")
    page.wait_for_timeout(300)
    assert page.evaluate("window.pwned") is None
    assert page.evaluate("document.querySelectorAll('img, iframe, math, main style, main script').length") == 0
    assert page.evaluate("document.querySelector('.case blockquote').textContent") == "".join(ATTACKS)


def test_a_script_that_got_in_would_not_run(browser, files, tmp_path):
    text = files["small"].read_text("utf-8")
    path = tmp_path / "report.html"
    path.write_text(text.replace("<main>", '<main><img id="x" src="data:," onerror="window.pwned=1"><script>window.pwned=1</script>'), "utf-8")  # fmt: skip
    page = browser.new_page()  # not by visit: what the browser complains of is what is wanted here
    complaints: list[str] = []
    page.on("console", lambda m: complaints.append(m.text))
    page.goto(path.as_uri())
    until(page, lambda: sum("Content Security Policy" in text for text in complaints) >= 2)
    assert page.evaluate("window.pwned") is None
    page.close()


@pytest.mark.parametrize("width", [360, 768, 1440])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_report_fits_every_window_and_its_words_stand_out_in_both_schemes(visit, files, width, scheme):
    page = visit(files["small"].as_uri(), width, color_scheme=scheme)
    page.click("#open")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    contrast = page.evaluate(
        """() => { const grey = (c) => { const [r, g, b] = c.match(/[\\d.]+/g).map(Number).map((v) => v / 255)
            .map((v) => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
            return 0.2126 * r + 0.7152 * g + 0.0722 * b };
        const ground = (e) => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor;
            if (!/, 0\\)/.test(c)) return c } return 'rgb(255, 255, 255)' };
        const of = (e, text) => { const [a, b] = [grey(text), grey(ground(e))].sort((x, y) => y - x);
            return (a + 0.05) / (b + 0.05) };
        const all = [...document.querySelectorAll('h1, h2, h3, p, td, th, .badge, .tag, .chip, mark, .small, button')]
            .filter((e) => e.offsetParent).map((e) => of(e, getComputedStyle(e).color));
        const drawn = [...document.querySelectorAll('svg.plot text')].map((e) => of(e, getComputedStyle(e).fill));
        return [Math.min(...all), Math.min(...drawn)] }"""
    )
    assert min(contrast) >= 4.5


def test_on_paper_the_figures_and_the_open_cases_remain(visit, files):
    page = visit(files["small"].as_uri(), color_scheme="dark")
    page.evaluate("document.getElementById('case-a1').open = true")
    page.emulate_media(media="print")
    assert page.is_visible("#plot-recall svg")
    assert page.is_visible("#case-a1 .answer")
    assert not page.is_visible("#filters")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


@pytest.fixture(scope="module")
def port(tmp_path_factory):
    """Where both pages are served, over the small run, with the headers of the application."""
    import uvicorn
    from fastapi import FastAPI

    folder = tmp_path_factory.mktemp("runs")
    runs.keep(small(), folder)
    app = FastAPI()
    app.add_middleware(Headers)
    add(app, Newsroom(index_id="another"), load(runs=folder))
    bound = listen("127.0.0.1", 0, ZH)
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[bound])))
    thread.start()
    try:
        deadline = time.monotonic() + 60
        while not server.started:
            assert time.monotonic() < deadline, "the server did not start"
            time.sleep(0.05)
        yield bound.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(20)
        bound.close()


def test_served_under_both_policies_the_report_has_its_look_and_its_filters(visit, port):
    page = visit(f"http://127.0.0.1:{port}/quality/report?lang=en")
    page.select_option("[name=outcome]", "wrong")
    assert shown(page) == ["a2"]
    assert page.evaluate("getComputedStyle(document.querySelector('.badge')).borderRadius") == "6px"


@pytest.mark.parametrize("width", [360, 1440])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_on_quality_fits_and_warns_of_another_index(visit, port, width, scheme):
    page = visit(f"http://127.0.0.1:{port}/quality", width, color_scheme=scheme)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.is_visible("#other-index")
    assert page.get_attribute("#report", "href") == "/quality/report?lang=zh"
    assert page.evaluate("getComputedStyle(document.querySelector('.cards li')).borderRadius") == "10px"


@pytest.mark.parametrize("width", [360, 1440])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_wrong_with_the_pages_on_quality(visit, port, width, scheme):
    found = []
    for at in ("quality", "quality?lang=en", "quality/report"):
        page = visit(f"http://127.0.0.1:{port}/{at}", width, color_scheme=scheme)
        if at == "quality/report":
            page.click("#open")
        found += findings(page, at)
    assert not found, "\n".join(found)
