import json
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace

import numpy as np
import pytest
from fake_encoder import FakeEncoder
from hypothesis import given
from hypothesis import strategies as st

from rag import config
from rag.errors import BrokenIndexError, InputError, NoIndexError, StaleIndexError, StoreError
from rag.search import before, dense, folder, records, sparse, store, words
from rag.search.retrieve import Searcher, retrieve
from rag.types import Article, Filters, Heading, Kind, Page, Passage, Precision, Published, to_json

ENCODER = FakeEncoder()
FILES = {"000.txt": Page.of("000.txt", "一").sha256, "001.txt": Page.of("001.txt", "二").sha256}
PAGES = [Page.of("000.txt", "一"), Page.of("001.txt", "二")]
ARTICLES = [
    Article("a1", "000.txt", Kind.NEWS, "联席会议", ("福建省总工会发布通知，每年至少召开一次联席会议。",)),
    Article(
        "a2",
        "001.txt",
        Kind.NEWS,
        "服务站点",
        ("青海省总工会建设户外劳动者服务站点580多个，投入资金近1800万元。" * 2, "完。"),
    ),
]


@pytest.fixture
def settings(tmp_path):
    return config.Settings(store=tmp_path / "store")


@pytest.fixture
def built(settings):
    return store.build(ARTICLES, settings, ENCODER, pages=PAGES)


def build_folder(settings):
    return folder.in_use(settings.store)


# --- JSON ---

TEXT = st.text(max_size=20)
LINE = st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"]), min_size=1, max_size=30)
NAMES = st.lists(TEXT, max_size=3).map(tuple)


@st.composite
def articles(draw):
    paragraphs = draw(st.lists(LINE, min_size=1, max_size=4).map(tuple))
    plain = {name: draw(TEXT) for name in ("id", "source", "title", "kicker", "subtitle", "banner", "province", "city")}
    names = ("bylines", "credits", "jumps", "reporters", "correspondents", "photographers")
    return Article(
        kind=draw(st.sampled_from(Kind)),
        paragraphs=paragraphs,
        headings=tuple(Heading(n, draw(TEXT)) for n in draw(st.lists(st.integers(0, len(paragraphs)), max_size=2))),
        published=Published(draw(TEXT), draw(st.sampled_from(Precision)), draw(TEXT)),
        lines=tuple(draw(st.lists(st.integers(1, 999), max_size=4))),
        document_id=draw(TEXT),
        **plain,
        **{name: draw(NAMES) for name in names},
    )


@given(articles())
def test_articles_and_passages_survive_json(article):
    assert records.article_from_json(json.loads(json.dumps(to_json(article)))) == article
    passage = Passage.of(article, 0, len(article.text), article.head)
    assert records.passage_from_json(json.loads(json.dumps(to_json(passage)))) == passage


@given(articles())
def test_lines_of_json_are_one_record_each_whatever_the_text(article):
    (line, rest) = records.article_line(article).split("\n")
    assert json.loads(line) == json.loads(json.dumps(to_json(article)))
    assert rest == ""
    assert records.article_from_json(json.loads(line)) == article


# --- build and open ---


def test_what_is_opened_is_what_was_built(settings, built):
    opened = store.open_(settings, ENCODER, FILES)
    assert opened.manifest == built.manifest
    assert opened.articles == {article.id: article for article in ARTICLES}
    assert opened.passages == built.passages
    for query in ("联席会议一年开几次", "服务站点", "weather"):
        assert retrieve(Searcher(opened, ENCODER), query, 5) == retrieve(Searcher(built, ENCODER), query, 5)
    assert opened.article(opened.passages[0]) == ARTICLES[0]


def test_the_manifest_says_what_the_index_is(settings, built):
    manifest = json.loads((build_folder(settings) / "manifest.json").read_text("utf-8"))
    assert manifest["format"] == store.FORMAT
    assert manifest["counts"] == {"pages": 2, "articles": 2, "passages": 2}
    assert manifest["encoder"] == {"name": "fake@1", "dim": 64}
    assert manifest["made"]["files"] == FILES
    written = {
        p.relative_to(build_folder(settings)).as_posix() for p in build_folder(settings).rglob("*") if p.is_file()
    }
    assert set(manifest["files"]) == written - {"manifest.json"}


def test_the_index_id_names_the_content(settings, built):
    def index_id(articles=ARTICLES, settings=settings, encoder=ENCODER, pages=PAGES):
        return store.assemble(articles, settings, encoder, pages=pages).index_id

    assert index_id() == built.index_id
    others = {
        index_id(articles=ARTICLES[:1]),
        index_id(articles=[replace(ARTICLES[0], title="另题"), ARTICLES[1]]),
        index_id(settings=config.Settings(max_passage=100)),
        index_id(encoder=FakeEncoder("fake@2")),
        index_id(pages=PAGES[:1]),
    }
    assert len(others | {built.index_id}) == 6


def test_building_twice_gives_the_same_files_but_for_the_manifest(settings, built):
    first = built.manifest.files
    assert store.build(ARTICLES, settings, ENCODER, pages=PAGES).manifest.files == first


def test_progress_is_reported_to_the_end_of_every_step(settings):
    seen = {}
    store.build(ARTICLES, settings, ENCODER, progress=lambda step, done, total: seen.__setitem__(step, (done, total)))
    assert list(seen) == ["split", "words", "encode", "write"]
    assert all(done == total for done, total in seen.values())


@pytest.mark.parametrize(
    "articles", [[], [replace(ARTICLES[0], paragraphs=())], [replace(ARTICLES[0], paragraphs=("！",), title="")]]
)
def test_nothing_to_index_is_an_error_of_the_input(settings, articles):
    with pytest.raises(InputError, match="nothing to index"):
        store.build(articles, settings, ENCODER)


def test_two_articles_of_one_id_are_refused(settings):
    with pytest.raises(InputError, match=r"'a1': from '000.txt' and 'other.txt'"):
        store.build([ARTICLES[0], replace(ARTICLES[0], source="other.txt")], settings, ENCODER)


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match=r"cannot be written to .*file/store: Not a directory; set RAG_STORE"):
        store.build(ARTICLES, config.Settings(store=tmp_path / "file" / "store"), ENCODER)


# --- no index, an old one ---


def test_no_index_names_the_command_that_builds_it(settings):
    with pytest.raises(
        NoIndexError, match=f"there is no index in {settings.store}; build it with `rag index --store {settings.store}`"
    ):
        store.open_(settings)
    assert store.command(config.Settings().store) == "rag index"
    assert store.is_stale(settings)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"encoder": "other"}, "encoder: built with 'static-zh-en', now 'other'"),
        ({"max_passage": 200}, r"passages: built with .*400.*, now .*200"),
    ],
)
def test_an_index_of_other_settings_is_out_of_date_and_says_why(settings, built, change, message):
    changed = settings.model_copy(update=change)
    assert store.is_stale(changed)
    with pytest.raises(StaleIndexError, match=rf"out of date \({message}.*\); rebuild it with `rag index --store"):
        store.open_(changed)


@pytest.mark.parametrize(
    ("module", "name", "value", "message"),
    [
        (sparse, "K1", 2.0, "BM25: built"),
        (words, "HEAD_WEIGHT", 7, "words: built"),
        (store, "version", {"formats": "another"}.get, "file formats: built"),
        (store, "version", {"parser": "another"}.get, "parser: built"),
        (store.zh, "tokenizer_version", lambda: "0", "words: built"),
        (store, "version", {"splitter": "another"}.get, "passages: built"),
    ],
)
def test_an_index_of_another_recipe_is_out_of_date(settings, built, monkeypatch, module, name, value, message):  # noqa: PLR0917
    monkeypatch.setattr(module, name, value)
    with pytest.raises(StaleIndexError, match=message):
        store.open_(settings)


def test_new_weights_under_the_same_setting_are_noticed(settings, built):
    assert not store.is_stale(settings, encoder=ENCODER)
    with pytest.raises(StaleIndexError, match="encoder: built with 'fake@1', now 'fake@2'"):
        store.open_(settings, FakeEncoder("fake@2"))


@pytest.mark.parametrize(
    ("files", "message"),
    [
        (FILES | {"002.txt": "3"}, "files: 1 new (002.txt)"),
        ({"000.txt": FILES["000.txt"]}, "files: 1 gone (001.txt)"),
        (FILES | {"001.txt": "2"}, "files: 1 changed (001.txt)"),
        (FILES | {f"{n}.txt": "" for n in range(4)}, "files: 4 new (0.txt, 1.txt, 2.txt, …)"),
    ],
)
def test_other_files_are_noticed_where_they_are_given(settings, built, files, message):
    assert store.changes(settings) == store.changes(settings, files=FILES) == ()
    assert store.changes(settings, files=files) == (message,)
    assert store.is_stale(settings, files=files)
    with pytest.raises(StaleIndexError):
        store.open_(settings, files=files)


# --- damage ---


def truncate(path):
    path.write_bytes(path.read_bytes()[:-10])


def flip(path):
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


DISK = [
    "articles.jsonl",
    "passages.jsonl",
    "dense.faiss",
    "articles.ends.npy",
    "passages.ends.npy",
    "ids/hashes.npy",
    "bm25/scores.npy",
    "bm25/rows.npy",
    "bm25/ends.npy",
    "bm25/params.json",
    "bm25/vocabulary/text.npy",
    "facets/values.json",
    "facets/articles.npy",
    "words/ids.npy",
    "words/ends.npy",
]


@pytest.mark.parametrize("name", DISK)
@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (truncate, "{} has [0-9]+ bytes instead of [0-9]+"),
        (flip, "the content of {} has changed"),
        (os.remove, "{} is missing"),
    ],
)
def test_a_damaged_file_is_named_and_never_read(settings, built, name, spoil, message):
    spoil(build_folder(settings) / name)
    assert store.is_stale(settings)
    with pytest.raises(BrokenIndexError, match=rf"is damaged: {message.format(name)}; rebuild it with `rag index"):
        store.open_(settings)


def test_a_large_file_is_read_whole_when_it_was_written_to_and_by_check_and_update_in_any_case(
    settings, built, monkeypatch
):
    monkeypatch.setattr(folder, "SMALL", 0)
    read = []
    digest = folder._digest
    monkeypatch.setattr(folder, "_digest", lambda path: read.append(path.name) or digest(path))
    store.open_(settings)
    assert read == [], "nothing was written to since the build"
    path = build_folder(settings) / "dense.faiss"
    data, times = path.read_bytes(), path.stat()
    os.utime(path, ns=(1, 1))
    store.open_(settings)
    assert read == ["dense.faiss"], "a copy has other times and the same content"
    path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    with pytest.raises(BrokenIndexError, match=r"content of dense\.faiss has changed"):
        store.open_(settings)
    # What is not seen at opening: content that changed with size and time as they were.
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    store.open_(settings)
    assert "dense.faiss" in before.in_use(settings.store).wrong


def test_small_files_are_read_whole_at_every_opening(settings, built):
    path = build_folder(settings) / "dense.faiss"
    data, times = path.read_bytes(), path.stat()
    assert len(data) < folder.SMALL
    path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    with pytest.raises(BrokenIndexError, match=r"content of dense\.faiss has changed"):
        store.open_(settings)


def test_an_open_index_reads_on_after_its_files_are_gone(settings, built):
    opened = store.open_(settings)
    shutil.rmtree(build_folder(settings))
    assert opened.articles == {article.id: article for article in ARTICLES}
    assert retrieve(Searcher(opened, ENCODER), "联席会议", 5, Filters(source="000.txt"))
    assert retrieve(Searcher(opened, ENCODER), "联席会议", 5) == retrieve(Searcher(built, ENCODER), "联席会议", 5)


def test_records_on_disk_are_a_sequence_and_a_mapping_like_those_in_memory(settings, built):
    opened = store.open_(settings)
    assert (opened.passages[-1], opened.passages[:1]) == (built.passages[-1], built.passages[:1])
    assert opened.passages.index(built.passages[1]) == 1
    with pytest.raises(IndexError):
        opened.passages[2]
    assert list(opened.articles.values()) == ARTICLES
    assert [*opened.articles] == ["a1", "a2"]
    with pytest.raises(KeyError):
        opened.articles["a3"]
    assert opened.passages != built.passages[:1]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "cannot be used"),
        ("[]", "cannot be used"),
        ("{}", "cannot be used"),
        ('{"format": 0}', f"it has format 0, and this version reads {store.FORMAT}"),
        (f'{{"format": {store.FORMAT}}}', "cannot be used"),
        (None, "manifest.json is missing"),
    ],
)
def test_a_damaged_manifest_is_an_error_of_the_index(settings, built, text, message):
    path = build_folder(settings) / "manifest.json"
    path.unlink() if text is None else path.write_text(text)
    assert store.is_stale(settings)
    with pytest.raises(BrokenIndexError, match=message):
        store.open_(settings)


@pytest.mark.parametrize("text", ["", "../../elsewhere\n", "builds\n", "\x00"])
def test_a_pointer_that_names_no_build_is_an_error_of_the_index(settings, built, text):
    (settings.store / "current").write_text(text)
    with pytest.raises(BrokenIndexError, match="current names no build"):
        store.open_(settings)


def test_a_build_that_has_gone_is_an_error_of_the_index(settings, built):
    build_folder(settings).rename(settings.store / "elsewhere")
    with pytest.raises(BrokenIndexError, match=r"manifest.json is missing"):
        store.open_(settings)


def test_whole_files_that_do_not_fit_together_are_refused(settings, built):
    # As if somebody had put other vectors beside the passages and written the hashes anew.
    path = build_folder(settings)
    dense.save(dense.build(np.eye(5, dtype=np.float32)), path / "dense.faiss")
    manifest = json.loads((path / "manifest.json").read_text("utf-8"))
    manifest["files"] = {name: file for name, file in folder.digests(path).items() if name != "manifest.json"}
    (path / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(BrokenIndexError, match=r"its files do not fit together: \[2, 5\] passages"):
        store.open_(settings)


def test_a_damaged_index_is_replaced_by_the_next_build(settings, built):
    (settings.store / "current").write_text("rubbish")
    store.build(ARTICLES, settings, ENCODER)
    assert len(store.open_(settings).passages) == 2


# --- the swap ---


class Failing(FakeEncoder):
    def encode_passages(self, texts):
        raise RuntimeError("out of memory")


def listing(path):
    return sorted(p.relative_to(path).as_posix() for p in path.rglob("*"))


def test_a_build_that_fails_leaves_the_index_as_it_was(settings, built, monkeypatch):
    before = listing(settings.store)
    with pytest.raises(RuntimeError, match="out of memory"):
        store.build(ARTICLES[:1], settings, Failing())

    def full(index, path):
        (path / "half").parent.mkdir()
        (path / "half").write_text("x")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(sparse, "save", full)
    with pytest.raises(StoreError, match="No space left on device; set RAG_STORE"):
        store.build(ARTICLES[:1], settings, ENCODER)
    assert listing(settings.store) == before
    assert len(store.open_(settings).articles) == 2


def test_an_open_index_outlives_those_built_after_it(settings, built):
    opened = store.open_(settings)
    for _ in range(3):
        store.build(ARTICLES[1:], settings, ENCODER)
    assert retrieve(Searcher(opened, ENCODER), "联席会议", 1)[0].passage.article_id == "a1"
    assert len(store.open_(settings).articles) == 1


def test_the_build_before_is_kept_and_older_ones_are_removed(settings):
    names = []
    for _ in range(4):
        store.build(ARTICLES, settings, ENCODER)
        names.append(build_folder(settings).name)
    assert sorted(path.name for path in (settings.store / "builds").iterdir()) == sorted(names[-2:])


def test_what_crashed_builds_left_is_removed_after_a_day_and_nothing_else(settings, built):
    builds = settings.store / "builds"
    old, young, foreign = builds / ".new-0000aaaa", builds / ".new-0000bbbb", builds / "notes"
    for path in (old, young, foreign):
        path.mkdir()
    long_ago = time.time() - 2 * 24 * 3600
    for path in (old, foreign):
        os.utime(path, (long_ago, long_ago))
    store.build(ARTICLES, settings, ENCODER)
    assert [path.exists() for path in (old, young, foreign)] == [False, True, True]


def test_a_reader_whose_build_is_replaced_and_removed_while_it_reads_gets_the_new_one(settings, built, monkeypatch):
    load, calls = store._load, []

    def slow(path, manifest):
        calls.append(path)
        if len(calls) == 1:
            for _ in range(2):
                store.build(ARTICLES[:1], settings, ENCODER)
            assert not path.exists()
        return load(path, manifest)

    monkeypatch.setattr(store, "_load", slow)
    assert len(store.open_(settings).articles) == 1
    assert len(calls) == 2


@pytest.mark.parametrize("reading", [(store, "_read_manifest"), (store.folder, "_digest")], ids=["manifest", "files"])
def test_so_does_one_whose_build_is_removed_before_it_has_read_a_thing(settings, built, monkeypatch, reading):
    whole, calls = getattr(*reading), []

    def slow(path):
        calls.append(path)
        if len(calls) == 1:
            monkeypatch.setattr(*reading, whole)  # as the builds read it, too
            for _ in range(2):
                store.build(ARTICLES[:1], settings, ENCODER)
            assert not path.exists()
        return whole(path)

    monkeypatch.setattr(*reading, slow)
    assert len(store.open_(settings).articles) == 1
    assert len(calls) == 1


def test_a_build_finished_but_not_yet_in_use_is_not_removed_by_another(settings, built):
    finished = settings.store / "builds" / "29991231T235959000000Z-00000000"
    finished.mkdir()
    for _ in range(3):
        store.build(ARTICLES, settings, ENCODER)
    assert finished.is_dir()


def build_until(path, text, enough):
    settings = config.Settings(store=path)
    articles = [Article(f"{text}{n}", "p.txt", Kind.NEWS, text, (text * 20,)) for n in range(30)]
    store.build(articles, settings, ENCODER)
    while not enough.is_set():
        store.build(articles, settings, ENCODER)


@pytest.mark.slow
def test_two_processes_building_at_once_leave_a_whole_index_at_every_moment(settings):
    context = multiprocessing.get_context("spawn")
    enough = context.Event()
    enough.set()
    build_until(settings.store, "工会", enough)
    enough.clear()
    texts = ("工会", "职工")
    workers = [context.Process(target=build_until, args=(settings.store, text, enough), daemon=True) for text in texts]
    for worker in workers:
        worker.start()
    exchanged, last = 0, "工会"
    while exchanged < 4 or any(worker.is_alive() for worker in workers):
        (title,) = {article.title for article in store.open_(settings).articles.values()}
        exchanged, last = exchanged + (title != last), title
        if exchanged >= 4:
            enough.set()
        assert not any(worker.exitcode for worker in workers)
    assert [worker.exitcode for worker in workers] == [0, 0]
    assert len(store.open_(settings).articles) == 30
    assert not list((settings.store / "builds").glob(".new-*"))


@pytest.mark.slow
def test_a_build_killed_while_writing_leaves_the_index_as_it_was(settings, built):
    code = """
import sys, time, pathlib
from rag.search import folder
with folder.new_build(pathlib.Path(sys.argv[1])) as path:
    (path / "articles.jsonl").write_text("half")
    print("writing", flush=True)
    time.sleep(60)
"""
    with subprocess.Popen(
        [sys.executable, "-c", code, str(settings.store)], stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout.readline() == "writing\n"
        child.send_signal(signal.SIGKILL)
    assert len(store.open_(settings).articles) == 2
    assert len(list((settings.store / "builds").glob(".new-*"))) == 1
    store.build(ARTICLES[:1], settings, ENCODER)
    assert len(store.open_(settings).articles) == 1
