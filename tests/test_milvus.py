"""An index on Milvus finds what the same index in a folder finds; with milvus-lite, a server of its own on 127.0.0.1."""

from __future__ import annotations

import os
import re
import sys
from dataclasses import replace
from importlib.util import find_spec

import pytest
from fake_encoder import FakeEncoder
from hypothesis import HealthCheck, given
from hypothesis import settings as tries
from hypothesis import strategies as st

from rag.assistant import Assistant
from rag.config import ROOT, Server, Settings, load
from rag.errors import BrokenIndexError, InputError, NoIndexError, SettingsError, StaleIndexError, StoreError
from rag.search import encode, library, milvus, store, upkeep
from rag.search.milvus.filters import Expressions
from rag.search.milvus.server import connected, told
from rag.types import Filters

pytestmark = pytest.mark.skipif(
    find_spec("milvus_lite") is None and os.environ.get("RAG_REQUIRE_MILVUS") != "1",
    reason="needs milvus-lite: pip install -c constraints.txt -e '.[milvus,test]'",
)

MADE = 12  # pages, of whose articles 200 queries can be made
FAKE = FakeEncoder()


def silent(_what: str, _done: int, _total: int) -> None:
    pass


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    from eval.milvus import lite

    with lite(tmp_path_factory.mktemp("lite")) as found:
        yield found


@pytest.fixture(scope="module")
def both(address, tmp_path_factory):
    """The assistants over one archive, in a folder and on the server."""
    from eval import pages_made

    home = tmp_path_factory.mktemp("both")
    pages_made.make(home / "pages", MADE, "txt", ROOT / "seeds")
    encoder = encode.load("static-zh-en")
    found = []
    for where in (home / "index", f"milvus://{address}/both"):
        settings = Settings(store=where, pages=(home / "pages",))
        library.update(settings, encoder, silent, jobs=1)
        found.append(Assistant.open(settings))
    return found


@pytest.fixture
def small(address, tmp_path, request):
    """Settings of an index on the server, of its own name, over one page that may be changed."""
    page = tmp_path / "pages" / "a.txt"
    page.parent.mkdir()
    page.write_text("工会驿站\n\n职工可以在驿站休息。\n", "utf-8")
    name = re.sub(r"\W", "_", request.node.name)[:60]
    return Settings(store=f"milvus://{address}/{name}", pages=(page.parent,), milvus_timeout=5)


def collections(settings: Settings) -> list[str]:
    with connected(settings, settings.store) as connection:
        return connection.collections()


# --- the same search ------------------------------------------------------------------------------


@pytest.mark.parametrize(("count", "filtered"), [(200, False), (60, True)])
def test_the_first_ten_are_those_of_the_folder(both, count, filtered):
    """Of 200 queries the top 10 overlap by .95 and more, and so they do with filters."""
    from eval.milvus import agreement, hits, queries

    asked = [(text, filters if filtered else None) for text, filters in queries(both[0].articles, count)]
    found = agreement(hits(both[0]), hits(both[1]), asked)
    assert found.queries == len(asked) == count
    assert found.overlap >= 0.95


def test_agreement_sees_what_differs(both):
    """The measure is no constant: against another query's hits it is low."""
    from eval.milvus import agreement, hits, queries

    find = hits(both[0])
    asked = [(text, None) for text, _ in queries(both[0].articles, 10)]
    assert agreement(find, lambda text, _: find(text[::-1] + "甘肃", None), asked).overlap < 0.9
    assert agreement(find, lambda _text, _filters: [], asked).overlap == 0


def test_what_is_held_is_the_same(both):
    """Articles, passages, numbers of words and places of passages are those of the folder, and so is the index's id."""
    one, other = (assistant.store for assistant in both)
    assert one.index_id == other.index_id
    assert list(one.articles.values()) == list(other.articles.values())
    assert list(one.passages) == list(other.passages)
    assert other.passages[-1] == one.passages[-1]
    assert other.passages[3:5] == one.passages[3:5]
    words = dict.fromkeys(list(one.vocabulary)[::97], 1.5) | {"没有这个词": 1.0}
    assert other.frequencies(words) == one.frequencies(words)
    assert other.most(words) == pytest.approx(one.most(words))
    for article_id in [*list(one.articles)[::17], "none"]:
        assert other.rows_of(article_id) == one.rows_of(article_id)
        assert {p.article_id for p in one.read(one.rows_of(article_id))} <= {article_id}
    for filters in (Filters(place="江西"), Filters(since="2025-08"), Filters(reporter="没有此人")):
        assert other.passing(filters).tolist() == one.passing(filters).tolist()


def test_answers_are_the_same(both):
    """A question is answered with the same sentences from either."""
    question = "工会驿站为职工提供什么服务？"
    one, other = (assistant.ask(question) for assistant in both)
    assert one.sentences == other.sentences
    assert one.status == other.status


def test_an_article_longer_than_a_field_comes_back_whole(small):
    """Articles are sent in pieces, for a VARCHAR ends at 65,535 bytes."""
    text = "".join(f"第{n}条，职工可以在驿站休息。" for n in range(1800))
    (small.pages[0] / "a.txt").write_text(f"长文\n\n{text}\n", "utf-8")
    library.update(small, FAKE, silent, jobs=1)
    articles = milvus.open_(small, FAKE).articles
    assert max(len(a.text.encode()) for a in articles.values()) > 65_535
    folder = small.model_copy(update={"store": small.pages[0].parent / "index"})
    library.update(folder, FAKE, silent, jobs=1)
    assert list(articles.values()) == list(store.open_(folder, FAKE).articles.values())


# --- filters ----------------------------------------------------------------------------------------


@tries(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(
    text=st.text(max_size=12) | st.sampled_from(['" or row >= 0 or place == "', "江西') or 1 == 1", "{place}", "江西"]),
    field=st.sampled_from(["place", "reporter", "source"]),
)
def test_no_expression_holds_what_was_typed(both, text, field):
    """An expression is of field names and numbers, and lets those pass that the folder's filter does."""
    folder = both[0].store
    try:
        filters = Filters(**{field: text})
    except ValueError:
        return  # refused before it comes here
    expression = Expressions(folder.facets).of(filters)
    assert re.fullmatch(r"(?:date|place|kind|reporters|source|row|in|and|or|[0-9 ()\[\],<>=])*", expression)
    rows = list(Expressions(folder.facets).rows())
    if expression:
        python = re.sub(r"\b(date|place|kind|reporters|source)\b", r"one['\1']", expression)
        passed = [bool(eval(python, {}, {"one": one, "row": n})) for n, one in enumerate(rows)]
        assert passed == folder.facets.allowed(filters).tolist()


def test_a_filter_that_nothing_passes_finds_nothing(both):
    """The server is asked and has nothing, as the folder has nothing."""
    for assistant in both:
        assert assistant.search("工会", 5, Filters(reporter='" or row >= 0')) == ()


# --- builds -----------------------------------------------------------------------------------------


def test_a_build_replaces_the_one_before_at_once(small):
    """What is open goes on; the build before is kept until the next, and older ones are dropped."""
    assert library.update(small, FAKE, silent, jobs=1).why
    first = milvus.open_(small, FAKE)
    assert not library.update(small, FAKE, silent, jobs=1).why  # nothing has changed
    assert len(collections(small)) == 3
    (small.pages[0] / "b.txt").write_text("职代会\n\n职工代表大会每年召开。\n", "utf-8")
    done = library.update(small, FAKE, silent, jobs=1)
    assert done.differences.new
    second = milvus.open_(small, FAKE)
    assert len(second.passages) > len(first.passages)
    assert first.read([0])  # still there
    assert len(collections(small)) == 6
    library.update(small, FAKE, silent, jobs=1, again=True)
    assert len(collections(small)) == 6
    with pytest.raises(StoreError, match=r"^milvus://\S+: the server says"):
        first.read([0])


def test_a_build_that_fails_leaves_what_was_there(small, monkeypatch):
    """Neither is the index in use another, nor is anything left of the failed build."""
    library.update(small, FAKE, silent, jobs=1)
    before, known = milvus.open_(small, FAKE).build, collections(small)

    def broken(*_):
        yield {"piece": 0, "article": 0, "data": "", "dense": [0.0, 0.0]}
        raise StoreError("broken off")

    monkeypatch.setattr("rag.search.milvus.load._articles", broken)
    with pytest.raises(StoreError, match="broken off"):
        library.update(small, FAKE, silent, jobs=1, again=True)
    assert collections(small) == known
    assert milvus.open_(small, FAKE).build == before


# --- what goes wrong ----------------------------------------------------------------------------------


def test_each_error_is_a_line_that_says_what_to_do(small):
    """No index, another encoder, other settings, a damaged one: the errors of the folder."""
    again = rf"`rag index --store {re.escape(str(small.store))}`"
    with pytest.raises(NoIndexError, match=again):
        milvus.open_(small, FAKE)
    library.update(small, FAKE, silent, jobs=1)
    with pytest.raises(StaleIndexError, match=rf"encoder: built with 'fake@1', now 'other@1'.*{again}"):
        milvus.open_(small, replace(FAKE, name="other@1"))
    with pytest.raises(StaleIndexError, match=rf"passages: built with .*{again}"):
        milvus.open_(small.model_copy(update={"max_passage": 200}), FAKE)
    build = milvus.open_(small, FAKE).build
    with connected(small, small.store) as connection:
        connection.client.delete(f"{build}_about", filter='file == "facets/values.npy"')
    with pytest.raises(BrokenIndexError, match=rf"damaged: .*values\.npy.*{again}"):
        milvus.open_(small, FAKE)
    assert library.update(small, FAKE, silent, jobs=1).why  # and it is built anew
    assert milvus.open_(small, FAKE)


def test_a_name_that_is_taken_is_left_alone(small):
    """A collection of somebody else's is not replaced."""
    with connected(small, small.store) as connection:
        connection.client.create_collection(small.store.name, dimension=2)
        with pytest.raises(StoreError, match="taken by a collection that is no index"):
            library.update(small, FAKE, silent, jobs=1)
        assert small.store.name in connection.client.list_collections()


def test_a_server_that_is_not_there_is_one_line(tmp_path):
    """It is told before any page is read, and the token is not in it."""
    settings = Settings(store="milvus://127.0.0.1:1/x", pages=(tmp_path,), milvus_token="root:Milvus", milvus_timeout=1)
    for use in (lambda: library.update(settings, FAKE, silent), lambda: milvus.open_(settings, FAKE)):
        with pytest.raises(StoreError, match=r"^milvus://127.0.0.1:1/x: the server cannot be reached") as error:
            use()
        assert "root" not in str(error.value)
    assert "root:Milvus" not in repr(settings)


def test_what_the_server_refuses_is_told_with_the_setting():
    """milvus-lite lets everybody in, so the error of a server that does not is put in its place."""
    from pymilvus import MilvusException

    with pytest.raises(StoreError, match="RAG_MILVUS_TOKEN"), told(Server("h", 1, "x")):
        raise MilvusException(65535, "auth check failure, please check username and password are correct")


def test_without_pymilvus_it_is_told_how_to_get_it(small, monkeypatch):
    """The extra is named."""
    monkeypatch.setitem(sys.modules, "pymilvus", None)
    with pytest.raises(StoreError, match=r"pymilvus is not installed; pip install .*\[milvus\]"):
        milvus.open_(small, FAKE)


@pytest.mark.parametrize(
    "url", ["milvus://h/x", "milvus://h:0/x", "milvus://h:1/x-y", "milvus://h:1/x?a=b", "milvus:/h:1/x"]
)
def test_an_address_that_makes_no_sense_is_refused(url):
    """What is right is told."""
    with pytest.raises(SettingsError, match=r"milvus://HOST:PORT/NAME"):
        load(store=url)


def test_an_address_with_a_password_is_refused_and_not_repeated():
    """It would be in histories and logs."""
    with pytest.raises(SettingsError, match="RAG_MILVUS_TOKEN") as error:
        load(store="milvus://root:geheim@h:1/x")
    assert "geheim" not in str(error.value)


@given(
    st.builds(
        Server, st.from_regex(r"[a-z0-9.-]{1,20}", fullmatch=True), st.integers(1, 65535), st.just("a_1"), st.booleans()
    )
)
def test_an_address_is_what_it_is_printed_as(server):
    """Printed and read, it is the same."""
    assert Server.parse(str(server)) == server


# --- commands -----------------------------------------------------------------------------------------


def test_the_commands_work_on_a_server_or_say_that_they_do_not(rag, address):
    """index, search, ask, list and show; check and remove in one line."""
    url = f"milvus://{address}/commands"
    done = rag("index", ROOT / "seeds", "--store", url)
    assert (done.code, url in done.err) == (0, True)
    assert "nothing to do" in rag("index", "--store", url).err
    for command in (["search", "职工疗休养"], ["ask", "工会驿站有多少个？"], ["list"]):
        done = rag(*command, "--store", url)
        assert (done.code, bool(done.out)) == (0, True), command
    first = done.out.split()[0]
    assert rag("show", first, "--store", url).code == 0
    for command in (["check"], ["remove", "a"], ["remove", "--undo"]):
        done = rag(*command, "--store", url)
        assert (done.code, done.err.count("\n")) == (StoreError.exit_code, 1), command
        assert "in a folder only" in done.err


def test_listing_tells_repeats(small):
    """What repeats an earlier article is marked as in a folder."""
    long = "".join(f"第{n}座驿站建在{place}，里面有饮水机。" for n, place in enumerate("东西南北中上下左右"))
    for name, text in (("b", long), ("c", long.replace("。", "．"))):
        (small.pages[0] / f"{name}.txt").write_text(f"本报讯（记者李红）{text}\n", "utf-8")
    library.update(small, FAKE, silent, jobs=1)
    folder = small.model_copy(update={"store": small.pages[0].parent / "index"})
    library.update(folder, FAKE, silent, jobs=1)
    (articles, twins), (same, repeats) = upkeep.listing(small), upkeep.listing(folder)
    assert (dict(articles), twins) == (dict(same), repeats)
    assert twins


def test_what_needs_a_folder_says_so(both):
    """What works on folders only says so, and is no error of the user's files."""
    with pytest.raises(StoreError, match="in a folder only"):
        store.open_(both[1].settings)
    assert not issubclass(StoreError, InputError)
