"""What else a page has: pictures, short items, letters, interviews, notices, ends of reports."""

from __future__ import annotations

import random
import re
from dataclasses import replace

from newspaper import words
from newspaper.reports import echoed, ended, news, titled
from newspaper.stories import Story, Writer
from newspaper.words import Topic


def photo(rng: random.Random) -> Story:
    """A picture's caption with its credit."""
    write = Writer.of(rng)
    *titles, first, second, third = (*rng.choice(words.CAPTIONS), "", "")[:5]
    more = [t for t in (second, third) if t] + rng.sample(words.CAPTION_ENDS, rng.choice((1, 1, 2)))
    texts = [write.fill(text) for text in (first, *more[: rng.choice((1, 2, 3, 3, 4))])]
    if rng.random() < 0.5:
        texts = ["".join(texts)]
    elif len(texts) > 2:
        texts = [texts[0], "".join(texts[1:])]
    names = [write.name() for _ in range(rng.choice((1, 1, 1, 2)))]
    who = rng.choice(("本报记者 ", "本报通讯员 ", "新华社记者 ", ""))
    names = names if who else names[:1]
    credit = who + " ".join(names) + " 摄"
    credit = f"（{credit}）" if who and rng.random() < 0.15 else credit
    title = rng.choice(titles) if rng.random() < 0.88 else ""
    traps = {"photo"} | (set() if title else {"no title"}) | (set() if "月" in first[:6] else {"photo, no date"})
    return Story(
        title,
        paragraphs=tuple(texts),
        credit=credit,
        photographers=tuple(names),
        place=write.place,
        traps=frozenset(traps),
    )


def briefs(rng: random.Random, topics: list[Topic]) -> list[Story]:
    """Short items of one paragraph each under one banner, printed above the first."""
    made = []
    for topic in topics:
        write = Writer.of(rng, topic)
        opening = rng.choice(words.OPENINGS[:3])
        title = write.city + write.fill(rng.choice(topic.titles[:3]))
        text = ended(write.fill(opening)) + ended(write.sentence())
        text = echoed(Story(title, paragraphs=(text,)), write).text
        reporter = write.name()
        made.append(
            Story(
                title,
                banner="" if made else rng.choice(("简讯", "一线短波", "工会动态")),
                paragraphs=(f"本报讯（记者{reporter}）{text}",),
                reporters=(reporter,),
                place=write.place,
                traps=frozenset({"short item"}),
            )
        )
    return made


def letter(rng: random.Random, topic: Topic) -> Story:
    """A reader's letter, signed with place and name."""
    write = Writer.of(rng, topic)
    own = ended("。".join(rng.sample([s for s in topic.own if "{s}" not in s], 2)))
    texts = write.fill(rng.choice(words.LETTERS).replace("{own}", own)).split("|")
    author = write.name()
    signature = f"{write.prov} {author}"
    title = write.fill(rng.choice(topic.titles))
    if "“" not in title:
        texts[2] += f"希望“{title.strip('？！')}”能早日实现。" if rng.random() < 0.5 else ""
    return Story(
        title,
        banner=rng.choice(("", "读者来信", "来信照登")),
        paragraphs=tuple(texts),
        signature=signature,
        free=(signature,),
        authors=(author,),
        place=None,
        traps=frozenset({"letter"}),
    )


def interview(rng: random.Random, topic: Topic) -> Story:
    """Questions and answers, one paragraph a question, one or two an answer."""
    write = Writer.of(rng, topic)
    texts = [ended(write.fill("近日，记者就{o}有关问题，采访了{prov}省{s}{t}{p}"))]
    asks = rng.choice((("问：", "答："), ("记者：", "答：")))
    for question in rng.sample(words.QUESTIONS, rng.randint(3, 5)):
        texts.append(asks[0] + write.fill(question))
        texts.append(
            asks[1]
            + ended(
                "。".join(re.sub(r"^(?:此外|同时|与此同时)，", "", write.sentence()) for _ in range(rng.randint(1, 4)))
            )
        )
        if rng.random() < 0.3:
            texts.append(ended(write.sentence()))
    story = titled(Story(paragraphs=tuple(texts), place=write.place), write)
    first, *rest = story.paragraphs
    story = replace(story, paragraphs=(echoed(replace(story, paragraphs=(first,)), write).text, *rest))
    reporter = write.name()
    return replace(story, bylines=(f"本报记者 {reporter}",), reporters=(reporter,)).with_traps(
        "interview", "stand-alone by-line"
    )


def notice(rng: random.Random) -> Story:
    """A small advertisement or correction, with nobody's name under it."""
    write = Writer.of(rng)
    title, *texts = write.fill(rng.choice(words.NOTICES)).split("|")
    return Story(title, paragraphs=tuple(texts), place=None, traps=frozenset({"notice"}))


def continued(rng: random.Random, topic: Topic) -> Story:
    """The end of a report begun on another page."""
    rest = news(rng, topic)
    keep = rng.random() < 0.3
    return Story(
        rest.title if keep else "",
        paragraphs=rest.paragraphs[2 if "reader's hint" in rest.traps else 1 :],
        jumps=("（上接第1版）",),
        place=None,
        traps=frozenset({"continued from page 1"} | (set() if keep else {"no title"})),
    )
