"""The server under a path of another host, behind the nginx file of ``deploy/``: TLS, streaming, and every link on its way."""

import json
import os
import random
import re
import shutil
import socket
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from patience import SECONDS

from rag.config import ROOT

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
MAIN = """daemon off; pid {folder}/nginx.pid; error_log stderr error; worker_processes 1;
events {{ worker_connections 64; }}
http {{
    access_log off; client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c;
    uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;
    include {folder}/union-rag.conf;
    # All that many a tutorial has.
    server {{ listen 127.0.0.1:{bare}; location / {{ proxy_pass http://127.0.0.1:{behind}; }} }}
}}
"""
KEY = "a-key-of-some-length"

if not NGINX and os.environ.get("RAG_REQUIRE_BROWSER") != "1":
    pytest.skip("no nginx: apt-get install nginx-light openssl", allow_module_level=True)

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def free_ports(count: int) -> list[int]:
    """Ports that a server may take a while later: none of those that the system gives to whoever asks for any."""
    free: list[int] = []
    for port in random.SystemRandom().sample(range(20_000, 30_000), 1000):
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            free.append(port)
        if len(free) == count:
            break
    return free


def configured(folder: Path, port: int, bare: int, behind: int) -> Path:
    """nginx's configuration in ``folder``: the file as it is given to people, but for ports, name and certificate.

    On the port ``bare`` stands beside it a proxy without any setting.
    """
    certificate, key = folder / "cert.pem", folder / "key.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-days", "1"),
            *("-keyout", str(key), "-out", str(certificate)),
        ],
        check=True,
        capture_output=True,
    )
    text = (ROOT / "deploy" / "nginx.conf").read_text("utf-8")
    for old, new in (
        ("127.0.0.1:7860", f"127.0.0.1:{behind}"),
        ("listen 443 ssl", f"listen 127.0.0.1:{port} ssl"),
        ("rag.example.org;", "localhost;"),
        ("/etc/ssl/certs/rag.example.org.pem", str(certificate)),
        ("/etc/ssl/private/rag.example.org.key", str(key)),
    ):
        assert old in text
        text = text.replace(old, new)
    (folder / "union-rag.conf").write_text(text, "utf-8")
    main = folder / "nginx.conf"
    main.write_text(MAIN.format(folder=folder, bare=bare, behind=behind), "utf-8")
    return main


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 90
    while process.poll() is None and time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    pytest.fail(f"nothing listens on {port}")


@contextmanager
def running(store: Path, folder: Path, **settings: str) -> Iterator[tuple[int, int, int]]:
    """The server behind nginx: the ports of nginx with TLS, of the bare proxy, and of the server itself."""
    port, bare, behind = free_ports(3)
    environment = {**os.environ, "RAG_STORE": str(store), "RAG_PORT": str(behind), **settings}
    server = subprocess.Popen(
        [sys.executable, "-c", "from ui.cli import main; main()", "serve"], cwd=ROOT, env=environment
    )
    nginx = subprocess.Popen([str(NGINX), "-p", str(folder), "-c", str(configured(folder, port, bare, behind))])
    try:
        wait_for(behind, server)
        wait_for(port, nginx)
        yield port, bare, behind
    finally:
        for process in (nginx, server):
            process.terminate()
            process.wait(60)


@pytest.fixture(scope="module")
def address(store, tmp_path_factory) -> Iterator[str]:
    """``https://localhost:PORT/rag``."""
    settings = {"RAG_ROOT_PATH": "/rag", "RAG_DEMO": "true", "RAG_API_KEYS": KEY}
    with running(store, tmp_path_factory.mktemp("nginx"), **settings) as (port, _, _):
        yield f"https://localhost:{port}/rag"


def unchecked() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


@pytest.fixture
def page(address, browser):
    """A page that records requests to other hosts or beside the path, and what fails."""
    context = browser.new_context(ignore_https_errors=True, viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.set_default_timeout(1000 * SECONDS)
    page.astray = []
    page.on("request", lambda r: page.astray.append(r.url) if not inside(r.url, address) else None)
    page.on("response", lambda r: page.astray.append(f"{r.status} {r.url}") if r.status >= 400 else None)
    yield page
    context.close()


def inside(url: str, address: str) -> bool:
    return url == address or url.startswith((address + "/", "data:", "blob:"))


def test_a_question_chips_and_the_reader_work_under_the_path(page, address):
    page.goto(address)  # without the slash
    page.locator("#box textarea").fill("青海建了多少个户外劳动者服务站点？")
    page.locator("#box textarea").press("Enter")
    page.locator(".turn.final a.cite").first.wait_for()
    link = page.locator(".turn.final a.open").first.get_attribute("href")
    page.goto(page.evaluate("link => new URL(link, location.href).href", link))
    page.locator("mark").first.wait_for()
    for at in ("quality", "api"):
        page.goto(f"{address}/{at}")
        page.locator("h1").first.wait_for()
    assert not page.astray


def test_the_widget_works_under_the_path(page, address):
    """Script, panel, answer and reader, from the page of the demonstration and with what its copy-paste lines name."""
    page.goto(f"{address}/demo")
    assert f'src="{address}/widget.js"' in page.locator("pre").first.inner_text()
    page.get_by_role("button", name="打开报道问答").click()
    panel = page.frame_locator("iframe")
    panel.locator("#box").fill("青海建了多少个户外劳动者服务站点？")
    panel.locator("#box").press("Enter")
    panel.locator(".turn.final a.open").first.click()
    panel.frame_locator("#page").locator("mark#mark").wait_for()
    assert page.frames[1].evaluate("document.getElementById('tab').href").startswith(f"{address}/read/")
    assert not page.astray


def test_an_answer_is_streamed_and_its_links_lead_through_the_proxy(address):
    """Each step of the answer comes by itself, and what it links to is found where the proxy is."""
    body = json.dumps({"question": "青海建了多少个户外劳动者服务站点？"}).encode()
    headers = {"Content-Type": "application/json", "Accept": "text/event-stream", "Authorization": f"Bearer {KEY}"}
    asked = urllib.request.Request(f"{address}/api/ask", body, headers)
    with urllib.request.urlopen(asked, context=unchecked()) as answer:
        text = answer.read().decode()
        assert answer.headers["content-type"].startswith("text/event-stream")
    links = set(re.findall(r"https?://[^\"\s]*", text))
    assert links
    assert all(inside(link, address) for link in links)
    with urllib.request.urlopen(links.pop(), context=unchecked()) as read:
        assert read.status == 200


def status(url: str) -> int:
    try:
        with urllib.request.urlopen(url, context=unchecked()) as answer:
            return answer.status
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code


def test_a_proxy_on_the_same_machine_opens_neither_the_api_nor_the_library_to_those_behind_it(store, tmp_path):
    """Nothing in the settings tells of a proxy: what nginx sends must, even where it is told to pass on no header."""
    with running(store, tmp_path) as (port, bare, behind):
        here, by_proxy = f"http://127.0.0.1:{behind}", (f"https://localhost:{port}/rag", f"http://127.0.0.1:{bare}")
        assert status(f"{here}/api/search?q=x") == 200
        assert status(f"{here}/library/admin") == 200
        for outside in by_proxy:
            assert status(f"{outside}/library") == 200
            assert status(f"{outside}/api/search?q=x") == 401
            assert status(f"{outside}/library/admin") == 403
