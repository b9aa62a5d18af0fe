"""Damaged files and senseless pages: readers end in text or one line, and the parser loses nothing. `make fuzz` goes on for longer."""

from __future__ import annotations

import mutants
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rag.ingest.formats import layout
from rag.ingest.read import Source, load, sources

BOUNDED = settings(max_examples=120, deadline=5000, suppress_health_check=list(HealthCheck), derandomize=True)


@st.composite
def damaged(draw, good):
    """A good file with bytes changed, cut out, doubled or put in, or cut off."""
    data = bytearray(draw(st.sampled_from(good)))
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, max(0, len(data) - 1)))
        size = draw(st.integers(0, 40))
        match draw(st.sampled_from(("change", "cut", "double", "put in", "end"))):
            case "change":
                data[at : at + 1] = draw(st.binary(min_size=1, max_size=3))
            case "cut":
                del data[at : at + size]
            case "double":
                data[at:at] = data[at : at + size] * draw(st.integers(1, 50))
            case "put in":
                data[at:at] = draw(st.binary(max_size=40))
            case _:
                del data[at + size :]
    return bytes(data)


@pytest.mark.slow
@pytest.mark.parametrize("kind", mutants.READERS)
def test_a_damaged_file_ends_in_text_or_in_one_line(kind):
    @BOUNDED
    @given(damaged(mutants.READERS[kind][1]))
    def check(data):
        mutants.read(kind, data)

    check()


@pytest.mark.slow
@pytest.mark.parametrize("kind", mutants.READERS)
def test_any_bytes_end_in_text_or_in_one_line(kind):
    @BOUNDED
    @given(st.binary(max_size=400))
    def check(data):
        mutants.read(kind, data)

    check()


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["txt", "html", "pdf", "docx", "jsonl", "jsonl.gz", "csv", "zip"])
def test_a_file_under_any_name_is_loaded_without_a_crash(tmp_path_factory, ending):
    good = [data for _, files in mutants.READERS.values() for data in files]
    path = tmp_path_factory.mktemp("fuzz") / f"a.{ending}"

    @settings(BOUNDED, max_examples=40)
    @given(damaged(good))
    def check(data):
        path.write_bytes(data)
        for source in sources([path]):
            loaded = load(source)
            assert not (loaded.error and (loaded.pages or loaded.articles))
            assert "\n" not in loaded.error

    check()


@pytest.mark.slow
def test_a_damaged_archive_gives_its_members_or_one_line(tmp_path_factory):
    import sheets

    path = tmp_path_factory.mktemp("fuzz") / "a.zip"

    @BOUNDED
    @given(damaged([sheets.zipped({"夜校.txt": mutants.STORY.encode(), "b/c.html": b"<p>x</p>"})]))
    def check(data):
        path.write_bytes(data)
        for source in sources([path]):
            assert "\n" not in load(source).error

    check()


def test_a_file_that_is_a_folder_or_gone_is_a_line(tmp_path):
    for name in ("a.txt", "a.zip", "a.pdf"):
        assert load(Source(tmp_path / "none" / name, name)).error
        (tmp_path / name).mkdir()
        assert load(Source(tmp_path / name, name)).error


PIECES = (
    "本报讯 （记者王明）|本报记者 王明 通讯员 李红|（下转第2版）|（上接第1版）|王明 摄|（新华社北京8月27日电）|工会服务职工有新招|"
    "# |## |**|　　|据悉，|12月2日，|近日，衡阳市总工会开设职工夜校，课程由职工点单|。|，|；|：|——|“|”|《|》|（|）|问：|答：|1. |100%|"
    "work|王 明|凝心聚力 启新程| |\t|\n|\n\n|\n\n\n|\r\n|\u2028|\x0c|\u200b|\ufeff|\ufffd|𠮷|é|１|①||| \x1c|\x85"
).split("|")


@pytest.mark.slow
@settings(BOUNDED, max_examples=600)
@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=8), max_size=60).map("".join))
def test_the_parser_loses_no_character_of_any_page(text):
    mutants.parse(text)


@pytest.mark.slow
@BOUNDED
@given(
    st.lists(
        st.builds(
            layout.Piece,
            st.text("夜校a1。", min_size=1, max_size=3),
            *([st.floats(-1e4, 1e4)] * 3),
            st.floats(0, 500),
            st.booleans(),
        ),
        max_size=40,
    )
)
def test_the_layout_keeps_every_letter_wherever_it_stands(pieces):
    text = layout.text(pieces)
    kept = mutants.printed("".join(p.text for p in layout._once([p for p in pieces if p.em > 0])))
    assert mutants.printed(text) == kept
