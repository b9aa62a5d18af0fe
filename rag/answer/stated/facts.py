"""What a sentence states that can be looked up, and whether a source bears it out.

Three answers for each fact: the source holds it; it does not (``missing``); or it holds it in other terms, which a
reader should see before relying on it (``doubtful``): 约2.9万 for 28786, 200个 for 200多个. Numbers and dates are in
:mod:`rag.answer.stated.figures`, accusations in :mod:`rag.answer.stated.grave`; places, people, names and addresses are here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby

from rag import zh
from rag.answer.stated import figures
from rag.answer.stated.figures import Source, Verdicts
from rag.answer.stated.grave import grave
from rag.ingest.names import COMPOUND, SURNAMES
from rag.ingest.places import Mention, Region, mentions, spellings

_ITEM = re.compile(r"(?:^|(?<=[；;：:，,、。\s]))(?:[(（][0-9]{1,2}[)）]|[0-9]{1,2}[.．、](?![0-9]))\s*")
"""The number of an item in an enumeration, which states nothing."""


@dataclass(frozen=True, slots=True)
class Findings:
    """The facts of a sentence by how its source bears them out; ``held`` counts those that it does."""

    missing: tuple[str, ...]
    doubtful: tuple[str, ...]
    held: int


def compare(claim: str, source: Source) -> Findings:
    """Every fact of ``claim`` looked up in ``source``."""
    claim = _ITEM.sub("", claim)
    missing: list[str] = []
    doubtful: list[str] = []
    held = 0
    checks = (
        figures.numbers,
        figures.figures,
        figures.dates,
        _places,
        _people,
        _slipped,
        _titles,
        _quoted,
        _bodies,
        _offices,
        _chinese_in_english,
        _addresses,
        grave,
        _denials,
    )
    for check in checks:
        for fact, verdict in check(claim, source):
            held += verdict == "held"
            missing += [fact] * (verdict == "missing")
            doubtful += [fact] * (verdict == "doubtful")
    return Findings(tuple(dict.fromkeys(missing)), tuple(dict.fromkeys(doubtful)), held)


# --- places, people, names ----------------------------------------------------------------------


def _places(claim: str, source: Source) -> Verdicts:
    """Each place must be named, or, for a province, a place in it."""
    everything = zh.normalise(f"{source.text}\n{source.beside}")
    there = {region for m in mentions(everything, strict=False) for region in m.regions}

    def named(region: Region) -> bool:
        return region in there or (not region.city and any(r.province == region.province for r in there))

    plain = zh.normalise(claim)
    for m in mentions(plain):
        yield plain[m.start : m.end], "held" if any(map(named, m.regions)) else "missing"
    if zh.is_english(claim):
        for m in english_places(claim):
            yield claim[m.start : m.end], "held" if any(map(named, m.regions)) else "missing"


def english_places(text: str) -> list[Mention]:
    """The places an English text names in capitals, in order, each with all it may be: Suzhou is 苏州 or 宿州."""
    found: list[Mention] = []
    words = list(re.finditer(r"[A-Z][a-zü]+(?:['’][a-z]+)?", text))
    at = 0
    while at < len(words):
        for size in (2, 1):
            run = words[at : at + size]
            phrase = re.sub(r"['’]", "", " ".join(re.sub(r"['’]s$", "", m.group()) for m in run))
            if known := spellings().get(phrase.lower()):
                end = run[-1].end() - (2 if re.search(r"['’]s$", run[-1].group()) else 0)
                found.append(Mention(run[0].start(), end, tuple(region for _, region in known)))
                at += size
                break
        else:
            at += 1
    return found


_OFFICE = r"副?(?:主席|主任|书记|院长|局长|处长|厅长|部长|省长|市长|县长|乡长|镇长|会长|校长|厂长|总经理|经理|董事长|组长|班长|教授|医师|总裁|总监|工程师|技师|律师|教练|站长|队长|所长|科长|馆长|车长|研究员)"
_SPEAKER = r"(?:说|表示|介绍|指出|认为|强调|告诉|要求|坦言|回忆|称|荣获|获得|夺得|担任|撰文)"
_NAME = f"[{zh.HAN}]{{2,4}}"
_BY_OFFICE = re.compile(
    rf"(?:{_OFFICE}|记者|通讯员|劳模|工匠|选手|快递员|司机|师傅|网友)(?P<name>{_NAME}?)(?={_SPEAKER}|[,，、。)）]|$)"
)
_BY_WORK = re.compile(
    rf"(?:代表|委员|护士|医生|老师|教师|导师|专家|队员|学员)(?P<name>{_NAME}?)(?={_SPEAKER}|[,，、。)）])"
)
"""Words for people that stand before much else as well (代表团结), so that what is a word is no name there."""

_BY_SPEECH = re.compile(rf"(?:^|[,，。、”的])(?P<name>{_NAME}?)(?={_SPEAKER})")
_NOT_NAMES = frozenset("的了在和有都于时高成长同方平安全相关过年后生明后正")


def people(text: str) -> list[str]:
    """What looks like a person's name.

    That is two or three characters that make no word, the first of them a surname; or, beside an office or a word of
    speaking, two to four characters that begin with a surname and are no word (李建国, of which 建国 is one).
    """
    found = []
    cut = [word for clause in re.split(r"[^\w·]+", text) for word in (*zh.words(clause), "")]
    for single, group in groupby(cut, key=lambda w: len(w) == 1 and not w.isascii()):
        run = "".join(group)
        if single and 2 <= len(run) <= 3 and run[0] in SURNAMES and not set(run) & _NOT_NAMES:
            found += re.findall(rf"(?<![0-9]){run}", text)  # 2.9万人 is no 万人
    for pattern in (_BY_OFFICE, _BY_WORK, _BY_SPEECH):
        for m in pattern.finditer(text):
            name = m["name"]
            fits = (len(name) <= 3 and name[0] in SURNAMES and name[0] not in _NOT_NAMES) or name.startswith(COMPOUND)
            # 李建国 is in the dictionary as a word; behind an office it is a name all the same, unless it is everyday.
            if fits and (pattern is _BY_OFFICE or name not in zh.words(name)):
                found.append(name)
    return list(dict.fromkeys(found))


def _people(claim: str, source: Source) -> Verdicts:
    plain = zh.normalise(f"{source.text}\n{source.beside}")
    for name in people(claim):
        yield name, "held" if zh.normalise(name) in plain else "missing"


def _slipped(claim: str, source: Source) -> Verdicts:
    """A name of three characters of which one is not as in the source: 莫江川 for 莫江珊, whatever stands around it."""
    plain, said = zh.normalise(f"{source.text}\n{source.beside}"), zh.normalise(claim)
    for name in people(plain):
        if len(name) != 3 or name in said:
            continue
        for m in re.finditer(rf"{name[0]}(?:{name[1]}[{zh.HAN}]|[{zh.HAN}]{name[2]})", said):
            if m.group() not in plain:
                yield m.group(), "missing"


def _titles(claim: str, source: Source) -> Verdicts:
    """An office named right before a person must stand before that person in the source: 副主席 is not 主席."""
    plain = zh.normalise(source.text)
    for m in re.finditer(rf"(?P<office>{_OFFICE})(?P<name>{_NAME})", zh.normalise(claim)):
        for size in (2, 3, 4):
            name = m["name"][:size]
            at = plain.find(name)
            if name[0] not in SURNAMES or at < 0:
                continue
            if not any(office == m["office"] for office in re.findall(_OFFICE, plain[max(0, at - 24) : at])):
                yield m["office"] + name, "missing"
            break


_QUOTED = re.compile(r"[“「『《\"]([^”」』》\"]{2,200})[”」』》\"]")
_PUNCTUATION = re.compile(r"[\s，。、；：！？,.;:!?“”‘’\"'「」『』《》（）()—…-]+")


def _quoted(claim: str, source: Source) -> Verdicts:
    """What stands in quotation marks must stand so in the source; in English, where it is Chinese."""
    plain = _PUNCTUATION.sub("", zh.normalise(f"{source.text}\n{source.beside}"))
    for quote in _QUOTED.findall(claim):
        if zh.has_chinese(quote) or not zh.is_english(claim):
            bare = _PUNCTUATION.sub("", zh.normalise(quote))
            yield quote, "held" if bare in plain else "missing"


_BODY = re.compile(
    rf"(?:(?P<full>[{zh.HAN}]{{4}})有限公司|(?P<own>[{zh.HAN}]{{2}})(?:集团|大学|学院|医院|法院|银行|协会|中学|小学|纪念馆|研究院))"
)
_NO_OWN_NAME = re.compile("[这那该此某各等所家个的名些类座批级与和及或了着过在为从到向对由把被]|人民|中级|高级")


def bodies(text: str) -> list[str]:
    """The names of companies, schools, courts and the like in ``text`` (normal form)."""
    return [m.group() for m in _BODY.finditer(text) if not _NO_OWN_NAME.search(m["full"] or m["own"])]


def _bodies(claim: str, source: Source) -> Verdicts:
    """The name of a company, school or court: what stands right before such a word must stand there too."""
    plain = zh.normalise(f"{source.text}\n{source.beside}")
    for m in _BODY.finditer(zh.normalise(claim)):
        own = m["full"] or m["own"]
        if not _NO_OWN_NAME.search(own) and own not in plain:
            # A verb may stand there (支持银行); of a name the words are unknown, or there are several.
            yield m.group(), "doubtful" if own in zh.words(own) else "missing"


_OFFICES = re.compile("(?:大学|学院|医院|银行|[检察法]院|[局厅署]|妇联|残联|商联|团委|[资改健工]委)$")
_NO_OFFICE = re.compile("[格布结大全开僵骗]局|[大餐客舞门]厅|部署$|签署$")


def _offices(claim: str, source: Source) -> Verdicts:
    """An authority or body whose name is one word (国资委, 公安局, 检察院) and is not in the source; it may be there by another name."""
    plain = zh.normalise(f"{source.text}\n{source.beside}")
    for word in zh.words(zh.normalise(claim)):
        if len(word) > 1 and _OFFICES.search(word) and not _NO_OFFICE.search(word) and word not in plain:
            yield word, "doubtful"


_IN_ENGLISH = re.compile(f"[{zh.HAN}][{zh.HAN}“”·+]*[{zh.HAN}]")


def _chinese_in_english(claim: str, source: Source) -> Verdicts:
    """Chinese in an English sentence is a name given beside its translation, and copied from the source."""
    if not zh.is_english(claim):
        return
    plain = _PUNCTUATION.sub("", zh.normalise(f"{source.text}\n{source.beside}"))
    for run in _IN_ENGLISH.findall(claim):
        yield run, "held" if _PUNCTUATION.sub("", zh.normalise(run)) in plain else "missing"


_ADDRESS = re.compile(
    r"(?:[a-z][a-z0-9+.-]{1,20}:/{1,2}|www\.)[!-~]+|[a-z0-9._%+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+"
    r"|(?<![a-z0-9.-])(?:[a-z0-9-]+\.)+(?:com|cn|net|org|gov|edu|info|io|top|xyz|vip|cc|me|app|site|online|shop|link|example|test)(?![a-z0-9-])[!-~]*"
    r"|[a-z0-9+/=_-]{24,}"
)
"""In normal form: an address on the web, with or without its scheme, one of e-mail, and what is coded into as many signs without a space."""


def _addresses(claim: str, source: Source) -> Verdicts:
    """Where a sentence sends its reader, and what it carries in code, must stand so in the source."""
    plain = zh.normalise(f"{source.text}\n{source.beside}")
    for m in _ADDRESS.finditer(zh.normalise(claim)):
        address = m.group().rstrip(".,;:!?)]}'\"")
        yield address, "held" if address in plain else "missing"


_DENIAL = re.compile(
    "没有|并未|尚未|从未|未能|未(?!来)|并非|不得(?!不)|不再|不能|不必|无需|不可|停止|取消|禁止|拒绝|不[要会是应需]"
)


_DENIED = re.compile("[没无未非不]|停止|取消|禁止|拒绝")
_CLAUSE = re.compile(r"[,，。;；!！?？\n]+")


def _denials(claim: str, source: Source) -> Verdicts:
    """A denial in a clause, where the clause of the source that is most like it denies nothing."""
    there = [c for c in _CLAUSE.split(zh.normalise(source.near)) if c]
    for clause in _CLAUSE.split(zh.normalise(claim)):
        if not (m := _DENIAL.search(clause)):
            continue
        wanted = set(zh.query_tokens(_DENIAL.sub("", clause)))
        shared = [len(wanted & set(zh.tokens(c))) for c in there]
        most = max(shared, default=0)
        if not any(_DENIED.search(c) for c, n in zip(there, shared, strict=True) if n == most):
            yield m.group(), "doubtful"
