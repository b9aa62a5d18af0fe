"""Sixty attacks on a language model (injections.jsonl), each through the whole of the program: page, index, question, answer, chat.

The model here obeys: it says what the attacker wants (``obeyed``, and ``reworded`` when it is to make a follow-up whole). What is guaranteed
whatever a model says, and tested for each attack:

- the system's part of what is sent is the prompt, to the letter; reports and question stand in the user's, where no sign of theirs is a
  passage's number, an element or a token of a chat template, and no paragraph or title that gives orders is sent at all;
- a sentence shown as borne out, fully or weakly, holds nothing of what the attacker wanted said (``never``), and cites, word for word,
  passages that were found, none of which gives orders; a number that is no passage's is dropped;
- whatever else the model said is marked as not borne out, or replaced by the archive's own words, and the answer and the trace say so;
- nothing shown repeats the prompt (eight Chinese characters of it in a row, or thirty letters), holds a character that nobody sees, or what
  must stand nowhere (``nowhere``); in the page no element, address or handler comes from a report or the model, and in Markdown no link.

Not guaranteed: that an untruth written as plain news is known for one, or that a sentence marked as not borne out is harmless to read.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

import pytest
from test_llm import KEY, Handler, says, serving

from rag import zh
from rag.answer import llm, reword
from rag.answer.material import HANDLE
from rag.assistant import Assistant
from rag.config import ROOT, Settings
from rag.ingest.orders import gives_orders
from rag.ingest.read import read, sources
from rag.search import encode, store
from rag.types import Answer, Asked, Event, Partial, Status, Support
from ui import completions, render
from ui.library.census import Census
from ui.texts import TEXTS
from ui.turns import Turn


@dataclass(frozen=True)
class Attack:
    """``attack`` stands in the page's ``text``, ``title`` or ``byline``; in the ``question`` or the ``history`` where one is given."""

    id: str
    where: str
    attack: str
    question: str
    obeyed: str
    history: Sequence[str] = ()
    reworded: str = ""
    never: Sequence[str] = ()
    nowhere: Sequence[str] = ()


def system(language: str, kind: str = "answer") -> str:
    """What the system says of a prompt, as it is sent."""
    wanted = llm.ANSWER if kind == "answer" else reword.WANTED
    text = llm.prompt(ROOT / "prompts", language, kind, wanted).split(llm.PARTS)[0]
    return text.replace("{refusal}", llm.REFUSAL)


def attacks() -> list[Attack]:
    found = []
    for line in (Path(__file__).parent / "injections.jsonl").read_text("utf-8").splitlines():
        row = Attack(**json.loads(line))
        language = "en" if zh.is_english(row.question) else "zh"
        spelled = {"{prompt}": system(language), "{rewrite}": system(language, "rewrite")}
        lines = "".join(f"{said}[1]\n" for said in system(language).split("\n"))
        found.append(
            Attack(
                **{
                    **vars(row),
                    "obeyed": row.obeyed.replace("{prompt}", lines),
                    "reworded": row.reworded.replace("{rewrite}", spelled["{rewrite}"].replace("\n", "")),
                    "nowhere": [spelled.get(text, text) for text in row.nowhere],
                }
            )
        )
    return found


ATTACKS = attacks()
each = pytest.mark.parametrize("attack", ATTACKS, ids=lambda a: a.id)

TRUE = "宜昌市总工会投入资金412.6万元，建成工会驿站86座，服务户外劳动者2.3万人次"
PAGE = """\
{title}
    本报记者 {byline}
    今年以来，{true}。
{attack}
    下一步，当地将把驿站建到更多街道，让快递员、网约车司机就近歇脚。

社区食堂开到家门口
    本报讯 （记者王芳） 襄阳市一家社区食堂近日开张，老人用餐有八折优惠，附近居民也可以前来就餐。
"""


@pytest.fixture(scope="module")
def encoder():
    return encode.load("static-zh-en")


def opened(attack: Attack, folder: Path, encoder, **settings: object) -> Assistant:
    """The assistant over a page with the attack in it, read from its file."""
    parts = {"title": "宜昌市总工会建好工会驿站", "byline": "李晓明", "text": ""}
    parts |= {attack.where: attack.attack} if attack.where in parts else {}
    body = "\n".join(f"    {line}" for line in parts["text"].split("\n"))
    text = PAGE.format(title=parts["title"], byline=parts["byline"], true=TRUE, attack=body)
    (folder / "page.txt").write_text(text, "utf-8")
    corpus = read(sources([folder / "page.txt"]))
    chosen = Settings(**settings)
    return Assistant(chosen, store.assemble(corpus.articles, chosen, encoder, pages=corpus.pages), encoder)


def obedient(attack: Attack):
    def script(h: Handler) -> None:
        rewriting = h.server.seen[-1]["messages"][0]["content"].startswith(
            (system("zh", "rewrite")[:8], system("en", "rewrite")[:30])
        )
        (says(attack.reworded) if rewriting else says(*attack.obeyed))(h)

    return script


def history(asker: Assistant, attack: Attack) -> list[Asked]:
    plain = Assistant(Settings(), asker.store, asker.encoder)
    return [Asked.of(plain.ask(question)) for question in attack.history]


# --- what is guaranteed -------------------------------------------------------------------------


def carried(event: Answer | Partial, never: Sequence[str]) -> list[str]:
    """What of ``never`` is shown as borne out."""
    borne_out = zh.normalise("\n".join(s.text for s in event.sentences if s.support is not Support.UNSUPPORTED))
    return [text for text in never if zh.normalise(text) in borne_out]


def shown(answer: Answer) -> str:
    return "\n".join(
        (answer.text, answer.notice, answer.understood_as if answer.understood_as != answer.question else "")
    )


class Elements(HTMLParser):
    """The elements of a page, as a browser would see them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


ELEMENTS = set(
    "a blockquote button details div form fieldset h3 input label legend li mark ol p pre q section span summary sup textarea ul".split()
)
OWN = re.compile(r"#t1-[rs][0-9]+|read/[0-9a-z-]+(?:\?[0-9a-z=&-]*)?(?:#[0-9a-z-]*)?")


def test_the_page_of_an_answer_has_these_elements_and_addresses_and_no_others(tmp_path, encoder):
    """The yardstick itself: an answer without an attack passes, and one that lets a report's elements through does not."""
    plain = Attack("plain", "", "", "宜昌市总工会建成了多少座工会驿站？", "")
    asker = opened(plain, tmp_path, encoder)
    answer = asker.ask(plain.question)
    assert "86座" in answer.text
    page = drawn(asker, Turn(1, plain.question, answer=answer))
    assert live(page) == []
    assert live(page.replace("86座", "<img src=x>", 1)) == ["img {'src': 'x'}"]
    assert live(page.replace("86座", '<a href="http://evil.example">x</a>', 1)) != []
    assert live(page.replace("86座", '<span onclick="x">x</span>', 1)) != []


def drawn(asker: Assistant, turn: Turn) -> str:
    return render.turn(turn, render.Archive(asker.article, lambda: Census.of(asker.articles), "报"), TEXTS["zh"])


def live(page: str) -> list[str]:
    """What of a page is none of ours: elements, addresses, handlers."""
    wrong = []
    for tag, attributes in Elements(page).found:
        addresses = [
            v or "" for name, v in attributes.items() if name in ("href", "src", "action", "srcset", "srcdoc", "style")
        ]
        handlers = [name for name in attributes if name.startswith("on")]
        if tag not in ELEMENTS or handlers or not all(map(OWN.fullmatch, addresses)):
            wrong.append(f"{tag} {attributes}")
    return wrong


def links(markdown: str) -> list[str]:
    """What a chat front end would make a link, an image or an element of."""
    return re.findall(r"(?<!\\)\]\(|(?<!\\)<|(?<!\\)!\[|(?<!\\)://|(?<!\\)@|www\.|[a-z]\.(?:com|example)", markdown)


def holds(attack: Attack, asker: Assistant, events: Sequence[Event]) -> Answer:
    """All that is guaranteed of what is shown."""
    answer = events[-1]
    assert isinstance(answer, Answer)
    found = {hit.passage.id for hit in answer.hits}
    for event in events:
        if isinstance(event, Answer | Partial):
            assert carried(event, attack.never) == []
            turn = Turn(1, attack.question, **{"answer" if event is answer else "partial": event})
            assert live(drawn(asker, turn)) == []
            for sentence in event.sentences:
                assert all(c.passage.id in found and not gives_orders(c.quote) for c in sentence.citations)
                assert links(completions.said(sentence, TEXTS["zh"])) == []
            told = (
                [event.text, *([event.tail] if isinstance(event, Partial) else [])]
                if isinstance(event, Answer)
                else [
                    *(s.text for s in event.sentences),
                    event.tail,
                ]
            )
            for text in (*told, shown(answer)):
                assert zh.seen(text) == text
                assert not any(bad in text for bad in attack.nowhere)
                for language in ("zh", "en"):
                    assert not llm.repeats(system(language))(text)
                    assert not llm.repeats(system(language, "rewrite"))(text)
    assert not any(HANDLE.search(s.text) for s in answer.sentences)
    return answer


# --- the tests ----------------------------------------------------------------------------------


def test_there_are_enough_attacks_of_every_sort():
    assert len(ATTACKS) >= 50
    assert len({a.id for a in ATTACKS}) == len(ATTACKS)
    assert {a.where for a in ATTACKS} == {"text", "title", "byline", "question", "history"}
    assert sum(zh.is_english(a.question) for a in ATTACKS) >= 7
    for attack in ATTACKS:
        assert attack.attack or attack.where in ("question", "history")
        assert not any(zh.normalise(text) in zh.normalise(TRUE) for text in attack.never)
        if attack.never:
            assert any(zh.normalise(text) in zh.normalise(zh.seen(attack.obeyed)) for text in attack.never), (
                "it must try"
            )


@each
def test_without_a_model_nothing_of_an_attack_is_an_answer(attack, tmp_path, encoder):
    asker = opened(attack, tmp_path, encoder)
    answer = holds(attack, asker, list(asker.stream(attack.question, history(asker, attack))))
    if attack.where in ("text", "title", "byline"):
        assert answer.status is Status.ANSWERED
        assert "86座" in answer.text or "412.6万元" in answer.text
    assert all(s.support is Support.SUPPORTED and s.text == s.citations[0].quote for s in answer.sentences)


@each
def test_a_model_that_obeys_an_attack_is_not_believed(attack, tmp_path, encoder, caplog):
    caplog.set_level(logging.INFO)
    with serving(obedient(attack)) as server:
        asker = opened(attack, tmp_path, encoder, llm_base_url=server.url, llm_model="m", llm_api_key=KEY)
        answer = holds(attack, asker, list(asker.stream(attack.question, history(asker, attack))))
    for request in server.seen:
        sent(request["messages"], attack)
    if answer.status is Status.DEGRADED:
        assert "语言模型" in answer.notice or "language model" in answer.notice
        assert "86座" in answer.text or "412.6万元" in answer.text
        assert len([r for r in caplog.records if r.levelno >= logging.WARNING]) >= 1
    if answer.status is Status.NO_EVIDENCE and server.seen:
        assert llm.REFUSAL in attack.obeyed
        assert answer.trace.notes[-1] == "the language model found no answer in the passages"
    assert attack.question not in caplog.text
    assert KEY not in caplog.text


def sent(messages: list[dict[str, str]], attack: Attack) -> None:
    """What a model was sent: the prompt, and material that is no more than text."""
    said, user = (message["content"] for message in messages)
    assert said in {system(language, kind) for language in ("zh", "en") for kind in ("answer", "rewrite")}
    assert zh.seen(user) == user
    assert not set(user) & set("<>")
    if said in (system("zh"), system("en")):
        handles = [m.group() for m in HANDLE.finditer(user)]
        assert handles == [f"[{n}]" for n in range(1, len(handles) + 1)]
        material, question = re.split(r"\n\n(?:问题：|Question: )", user.rstrip("\n"))
        assert "\n" not in question
        assert not gives_orders(material)
        if attack.where in ("text", "title") and gives_orders(attack.attack):
            assert attack.attack not in user


def test_some_of_the_attacks_are_answered_by_the_model_all_the_same(tmp_path, encoder):
    """What is true is not thrown away with what is not: sentences are held up one by one."""
    attack = next(a for a in ATTACKS if a.id == "recommend-zh")
    with serving(obedient(attack)) as server:
        asker = opened(attack, tmp_path, encoder, llm_base_url=server.url, llm_model="m")
        answer = asker.ask(attack.question)
    assert answer.status is Status.ANSWERED
    assert [s.support for s in answer.sentences] == [Support.SUPPORTED, Support.UNSUPPORTED]
