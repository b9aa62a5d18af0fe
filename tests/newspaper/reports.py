"""Reports: titles, paragraphs, headings, Markdown dress, and who wrote them."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from itertools import pairwise

from newspaper import words
from newspaper.stories import Story, Writer
from newspaper.words import Topic


def ended(text: str) -> str:
    """``text`` as a paragraph: with the mark that ends it."""
    return re.sub(r"([。？！]”?)。", r"\1", text + "。")


def paragraphs(write: Writer, count: int) -> list[str]:
    """An opening and ``count`` paragraphs: sentences of the topic among those any report may have."""
    rng = write.rng
    own = rng.sample(write.topic.own, len(write.topic.own))
    texts = [
        ended(
            "。".join(
                [write.fill(rng.choice(words.OPENINGS)), *(write.sentence() for _ in range(rng.choice((0, 1, 1, 2))))]
            )
        )
    ]
    while len(texts) <= count:
        wanted = rng.choice((1, 2, 2, 3, 3, 4, 4, 5))
        texts.append(
            ended(
                "。".join(
                    write.fill(own.pop()) if own and rng.random() < 0.4 else write.sentence() for _ in range(wanted)
                )
            )
        )
    return texts


def shared(title: str, text: str) -> float:
    """Share of the character pairs of ``title`` that are in ``text``: on the five real pages .3 to 1, mean .63; of kickers .76."""
    pairs = ["".join(pair) for pair in pairwise(title)]
    return sum(pair in text for pair in pairs) / max(1, len(pairs))


def echoed(story: Story, write: Writer, share: float = 0.4) -> Story:
    """``story`` with sentences that say what its title and kicker say: as often as on real pages, and where its text has too little of them."""
    rng, texts = write.rng, list(story.paragraphs)
    bare_title, bare_kicker = shared(story.title, story.text) < 0.3, shared(story.kicker, story.text) < 0.6
    title = story.title.strip("“”？！").replace(" ", "，")
    if rng.random() < 0.4:
        title = max(re.split("[，：]", title), key=len)
    said = []
    if title and "“" not in title and rng.random() < (0.85 if bare_title else share):
        said.append(write.fill(rng.choice(words.ECHOES).replace("{T}", title)))
    if story.kicker and rng.random() < (0.85 if bare_kicker else share):
        said.append(write.fill(rng.choice(words.KICKER_ECHOES).replace("{K}", story.kicker.removesuffix("——"))))
    for sentence in said:
        at = min(rng.choice((0, 0, 1, 1, 2, len(texts) - 1)), len(texts) - 1)
        at = at if texts[at].endswith(("。", "”", "？")) and not texts[at].startswith(("一是", "二是")) else 0
        texts[at] += ended(sentence)
    return replace(story, paragraphs=tuple(texts))


def news(rng: random.Random, topic: Topic, *, markdown: bool = False) -> Story:
    """A report: titles, paragraphs with headings, and who wrote it."""
    write = Writer.of(rng, topic)
    long = rng.random() < 0.06
    texts = paragraphs(write, rng.randint(12, 24) if long else rng.choice((2, 3, 4, 5, 6, 8, 10)))
    story = Story(place=write.place, traps=frozenset({"long"} if long else set()))
    if rng.random() < 0.1:
        texts[1] += f"活动以“同心聚力促发展 实干担当谱新篇”为主题，分{rng.randint(2, 9)}个阶段推进。"
        story = story.with_traps("slogan")
    if rng.random() < 0.08:
        texts[rng.randrange(1, len(texts))] = ended(write.fill(rng.choice(words.NUMBERED)))
        story = story.with_traps("paragraph begins with a number")
    if rng.random() < 0.06:
        at = rng.randrange(1, len(texts) + 1)
        steps = [f"{'一二三四'[n]}是{write.fill(text)}" for n, text in enumerate(rng.sample(words.DO, 3))]
        texts[at:at] = [
            ended(write.fill("为办好这件事，{s}主要从三方面着手")),
            *(f"{s}；" for s in steps[:2]),
            ended(steps[2]),
        ]
        story = story.with_traps("paragraphs end in ；")
    story = echoed(replace(titled(story, write), paragraphs=tuple(texts)), write)
    story = headed(story, write)
    if markdown:
        story = marked(story, write)
    return signed(story, write)


def titled(story: Story, write: Writer) -> Story:
    """``story`` with title, perhaps kicker, subtitle, banner."""
    rng, topic, traps = write.rng, write.topic, set()
    title = write.fill(rng.choice(words.GENERAL_TITLES if rng.random() < 0.5 else topic.titles))
    if "总工会" in title and "，" not in title and rng.random() < 0.25:
        title = title.replace("总工会", "总工会 ", 1)
    if rng.random() < 0.45 and write.city not in title and not title.startswith("“"):
        title = write.city + ("：" if rng.random() < 0.5 else "") + title
    kicker = subtitle = banner = ""
    if rng.random() < 0.6:
        kicker = write.fill(rng.choice(words.GENERAL_KICKERS if rng.random() < 0.6 else topic.kickers))
        kicker += "——" if rng.random() < 0.2 and not kicker.endswith("——") else ""
        traps.add("kicker")
    elif rng.random() < 0.15:
        subtitle = write.fill(rng.choice(words.SUBTITLES))
        traps.add("subtitle")
    if rng.random() < 0.06:
        banner = rng.choice(words.BANNERS)
        traps.add("banner")
    traps |= (
        {"title is a question"} if title.endswith("？") else {"title ends in ！"} if title.endswith("！") else set()
    )
    return replace(story, title=title, kicker=kicker, subtitle=subtitle, banner=banner).with_traps(*traps)


def headed(story: Story, write: Writer) -> Story:
    """``story``, perhaps with headings or a reader's hint above it."""
    rng, texts = write.rng, story.paragraphs
    if len(texts) > 4 and rng.random() < 0.35 and "paragraphs end in ；" not in story.traps:
        spots = sorted(rng.sample(range(2, len(texts) - 1), min(2, len(texts) - 3)))
        if spots[-1] - spots[0] != 1:
            heads = tuple(zip(spots, write.topic.headings, strict=False))
            return replace(story, headings=heads).with_traps("headings")
    if rng.random() < 0.04:
        hint = write.fill(rng.choice(words.HINTS))
        return replace(story, paragraphs=(hint, *texts), headings=((0, "阅读提示"),)).with_traps("reader's hint")
    return story


def marked(story: Story, write: Writer) -> Story:
    """``story`` in the dress of a Markdown page: a list, a table, bold lead-ins or numbered headings, now and then."""
    rng, texts = write.rng, list(story.paragraphs)
    draw = rng.random()
    if draw < 0.12:
        items = [write.fill(text) for text in rng.sample(words.LISTS, rng.randint(3, 5))]
        at = rng.randrange(1, len(texts))
        story = _moved(story, at, len(items) + 1)
        texts[at:at] = [write.fill("具体安排如下："), *items]
        rows = range(at + 1, at + 1 + len(items))
        printed = tuple((n, (f"- {texts[n]}",)) for n in rows)
        return replace(story, paragraphs=tuple(texts), printed=printed, rows=frozenset(rows)).with_traps("list")
    if draw < 0.22:
        head = rng.choice(words.TABLE_HEADS)
        cells = [head] + [(write.fill("{u}"), write.fill("{n}"), write.fill("{m4}")) for _ in range(rng.randint(2, 4))]
        at = rng.randrange(2, len(texts))
        story = _moved(story, at, len(cells))
        texts[at:at] = [" ".join(row) for row in cells]
        rows = range(at, at + len(cells))
        lines = ["| " + " | ".join(row) + " |" for row in cells]
        printed = tuple(
            (n, (line, "| --- | --- | --- |") if n == at else (line,)) for n, line in zip(rows, lines, strict=True)
        )
        return replace(story, paragraphs=tuple(texts), printed=printed, rows=frozenset(rows)).with_traps("table")
    if draw < 0.34 and len(texts) > 3 and "paragraphs end in ；" not in story.traps:
        leads = ("示范带动", "上下联动", "督查促动")
        printed = []
        for n, lead in zip(rng.sample(range(1, len(texts)), min(3, len(texts) - 1)), leads, strict=False):
            printed.append((n, (f"**{lead}。**{texts[n]}",)))
            texts[n] = f"{lead}。{texts[n]}"
        return replace(story, paragraphs=tuple(texts), printed=tuple(printed)).with_traps("bold lead-ins")
    if draw < 0.8 and story.headings and story.headings[0][0]:
        form = rng.choice(("{}. ", "{}、"))
        heads = tuple(
            (n, form.format(i if "." in form else "一二三"[i - 1]) + text)
            for i, (n, text) in enumerate(story.headings, 1)
        )
        return replace(story, headings=heads).with_traps("numbered headings")
    return story


def _moved(story: Story, at: int, by: int) -> Story:
    heads = tuple((n + by if n >= at else n, text) for n, text in story.headings)
    return replace(story, headings=heads)


def signed(story: Story, write: Writer) -> Story:
    """``story`` with a by-line of its own, an opening in brackets, or a wire's date line."""
    rng = write.rng
    reporters = [write.name() for _ in range(rng.choice((1, 1, 1, 2, 2, 3)))]
    helpers = [write.name() for _ in range(rng.choice((0, 0, 1, 2)))]
    story = replace(story, reporters=tuple(reporters), correspondents=tuple(helpers))
    draw = rng.random()
    if draw < 0.42:
        return _byline(story, write, reporters, helpers)
    if draw < 0.49:
        inside = " ".join(["本报记者", *reporters] + (["通讯员", *helpers] if helpers else []))
        if rng.random() < 0.5:
            return replace(story, tail=f"（{inside}）").with_traps("by-line in brackets at the end")
        return replace(story, bylines=(f"（{inside}）",), signed_at="end").with_traps(
            "by-line in brackets on a line of its own"
        )
    if draw < 0.53:
        return replace(story, reporters=(), correspondents=()).with_traps("no by-line")
    if "reader's hint" in story.traps:
        return replace(story, bylines=("本报记者 " + " ".join(reporters),), correspondents=()).with_traps(
            "stand-alone by-line"
        )
    who = "记者" + " ".join(reporters) + (" 通讯员" + " ".join(helpers) if helpers else "")
    if draw < 0.59:
        story = replace(story, correspondents=()).with_traps("wire")
        date = f"{rng.randint(1, 12)}月{rng.randint(1, 28)}日"
        opening = f"新华社{write.city}{date}电（记者{' '.join(reporters)}）"
    else:
        opening = f"本报讯（{who}）"
    first, *rest = story.paragraphs
    return replace(story, paragraphs=(opening + first, *rest)).with_traps("opening in brackets")


def _byline(story: Story, write: Writer, reporters: list[str], helpers: list[str]) -> Story:
    rng = write.rng
    shown = [n[0] + " " + n[1] if len(n) == 2 and rng.random() < 0.4 else n for n in reporters]
    first = "本报记者 " + " ".join(shown)
    second = "本报通讯员 " + " ".join(helpers)
    traps = {"stand-alone by-line"} | ({"name set apart"} if shown != reporters else set())
    draw = rng.random()
    if draw < 0.12 and len(reporters) > 1:
        lines = ["本报记者 " + " ".join(shown[:-1]), " ".join([shown[-1], *([second] if helpers else [])])]
        traps.add("names over two lines")
    elif draw < 0.17:
        lines = ["本报记者", " ".join(shown) + (f" {second}" if helpers else "")]
        traps.add("post and names on two lines")
    elif draw < 0.27:
        lines = [f"{first} 文/图"]
        story = replace(story, correspondents=(), authors=tuple(reporters))
        traps.add("by-line with 文/图")
    elif draw < 0.37:
        lines = ["□ " + " ".join([first] + ([second] if helpers else []))]
        traps.add("square before the by-line")
    elif helpers and draw < 0.6:
        lines = [first, second]
        traps.add("two-line by-line")
    else:
        lines = [" ".join([first] + ([second] if helpers else []))]
    at = "end" if rng.random() < 0.1 else "start"
    traps |= {"by-line at the end"} if at == "end" else set()
    return replace(story, bylines=tuple(lines), signed_at=at).with_traps(*traps)
