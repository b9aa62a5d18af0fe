"""Where an article is set: province and city from its title and opening.

Names come from ``regions.tsv`` (source stated there) and ``nicknames.tsv`` (榕城, 齐鲁). A county counts for its
prefecture; a county-level city for itself. Short names (福建, 吕梁, 峨眉山) are known for provinces, prefectures and cities of
three characters; the others must be written out (金乡县), since their short names are everyday words.

Some names count only when the text elsewhere bears them out: nicknames that many towns have (江城), counties whose names are
everyday words (老城区, 合作市) or have but two characters (成县), and the towns of cities without counties (东莞's 长安镇).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cache
from importlib import resources
from itertools import pairwise

_LEVELS = ("province", "city", "county_city", "county")
SHORTEST = 5
"""Letters of a county's spelling below which English words are too likely to be meant."""

_DATELINE = re.compile(
    r"^(?:据?(?:新华社|中新社|中新网|人民网)|本报)(?P<city>[^\d（）()，。讯电]{0,8}?)(?:[0-9]{1,2}月)?(?:[0-9]{1,2}日)?(?:电|讯)"
)
"""Where a report was sent from (新华社北京9月10日电, 本报长春讯), which need not be where it is set."""

_DESK = "北京"
"""Papers of the whole country are written here, so a dateline from here says nothing."""

_NOT_A_PLACE = re.compile(
    r"杯|路(?![灯政桥局网])|街(?![头道巷])|派(?![出员驻送])|菜(?![市农场])|精神|时间|[日晚晨早]报|[商法工]人?报|青年报|都市报|特区报"
    r"|法治报|卫视|电视台|广播|发布|(?:新闻|日报)?网(?![约点格络球吧箱])|频道|冬奥|亚运|大运会|大?地震(?![局台])|茶马|瓜(?=[果味])|[东西南北]?[岸麓坡]"
)
"""A name before one of these is part of another name (安康杯, 南京路, 延安精神, 荆楚网, 唐山大地震)."""

_BEHIND = "市州盟总工职站："
_SET_OFF = re.compile(r"(?:^|[\W_]|在|赴|到|抵|由|从|自|本报|亮相)$")

_WORDS = frozenset(
    "大理 安康 怀化 成都 中山 长治 保定 日照 来宾 通化 海口 和田 朝阳 阳江 南平 平凉 吉安 大同 三明 白银 白山 白城 黄山 泰安 文山 "
    "阿里 海东 海西 海北 黄南 百色 北海 乐山 眉山 大庆 大连 广元 广安 六安 新余 新乡 安阳 信阳 安庆 安顺 南通 常德 东营 德州 云浮 "
    "酒泉 定西 山南 延安 西安 西宁 吴忠 内江 南充 宝鸡 太原 运城 丽水 金华 江门 玉林 孝感 黄石 随州 开封 镇江 本溪 松原 延边 绥化 "
    "承德 衡水 天水 庆阳 哈密 丽江 普洱 怒江 红河 昌都 汉中 资阳 益阳 巴中 中卫 宜宾 辽阳 衢州 安宁 临夏 鹤壁 玉树 金昌 商洛 自贡".split()
)
"""Short names of cities that are also words, or straddle two (创新乡村, 盛大庆典): they count only where they are set off."""

_EVERYDAY = frozenset("日照 来宾 安康 白银 大同 三明".split())
"""Of these, words so common that being set off does not make them places (日照充足): 市, 总工会 or a province must stand by."""

_BOUND = frozenset(
    "合作市 东方市 海城市 兴城市 应城市 宜城市 丰城市 凤城市 永安市 安宁市 老城区 新城区 古城区 新市区 解放区 港口区 平房区 老边区 "
    "城东区 城西区 城北区 城中区 市中区 城厢区 城关区 工农区 前进区 东风区 向阳区 中站区 站前区 林区 矿区 郊区 城区 "
    "和平区 新华区 红旗区 友好区 友谊县 和平县 文化区 西市区 铁东区 铁西区".split()
)
"""Counties whose full names are everyday words, or straddle two (沿海城市, 合作市场)."""

_PLAIN = frozenset(
    "和平 新华 城关 友谊 友好 合作 东方 红旗 解放 前进 向阳 安居 平安 安宁 万全 兴业 兴隆 大方 高明 公安 民权 新兴 乐业 同心 太和 和顺 安定 "
    "民乐 永安 武功 新和 新源 天等 南部 资源 新建 新城 新民 新市 建平 大安 高平 文水 方山 兴国 中方 中江 工农 平定 长安 城中 城东 城西 城北 "
    "城厢 市中 老城 古城 港口 平房 老边 河口 中原 中站 站前 富民 富裕 西山 南山 东山 北关 铁东 铁西 江北 江南 河东 河西 海港 青山 海南 "
    "西湖 东湖 南湖 江岸 江汉 云龙 文峰 金山 宝山 和静 顺平 安平 康平 永清 清流 将乐 建宁 光泽 大田 上林 全南 保德 阳光 开平 大化 长乐 "
    "吉利 精河 文昌 洪山 华容 通道 大理 临港 集美 安福 永新 永兴 安仁 嘉禾 双清 大通 化隆 共和 同德 贵德 兴海 乌兰 天峻 门源 大兴 朝阳".split()
)
"""Short names of counties that are words: not even a province before them makes them places (广东新兴产业, 湖北公安机关)."""

_SEAM = re.compile("[形组构合]成都市")

_ABBREVIATED = dict(
    pair.split("=")
    for pair in (
        "闽=福建 粤=广东 鲁=山东 豫=河南 湘=湖南 鄂=湖北 赣=江西 皖=安徽 浙=浙江 川=四川 渝=重庆 黔=贵州 滇=云南 桂=广西 琼=海南 "
        "晋=山西 冀=河北 陕=陕西 陇=甘肃 沪=上海 津=天津 苏=江苏 辽=辽宁"
    ).split()
)
_COMPOUND = re.compile(
    rf"(?P<short>[{''.join(_ABBREVIATED)}])(?:(?<=[在驻].)|(?<![一-龥].))"
    r"(?=工(?:惠|号|通|匠|会|之家|课堂|学院|[a-zA-Z])|(?<=[在驻].)(?:央企|企业|高校|单位|务工|外来|新闻))"
)
"""One-character names of provinces where they can be nothing else: 闽工惠, 在粤央企."""

_CORPS = "新疆生产建设兵团"
_CORPS_SHORT = re.compile("(?:新疆)?(?:生产建设)?兵团(?:第?[一二三四五六七八九十]{1,3}师|(?=总?工会|总工|职工|党委))")

_OF_PROVINCE = re.compile(r"(?:^|[^一-龥]|获悉|[在由从，]|日)(?:省|自治区|兵团)总(?:工会|部)?|全省|全自治区")
"""Speaks of a province as a whole, when it names none: 省总工会在石家庄举行 …."""

_LISTED = re.compile("[、，,和及与]")
_TOGETHER = re.compile("[^。]{0,4}?[两二三四五六七八九十0-9]+[省市地区县]")

MOST_LISTED = 3
"""Places set side by side from which a report is about none of them."""


@dataclass(frozen=True, slots=True)
class Region:
    """A place: short names of its province and city; ``city`` is empty for a province."""

    province: str
    city: str


@dataclass(frozen=True, slots=True)
class Mention:
    """A place named in a text, at ``[start, end)``; ``regions`` are all it may be."""

    start: int
    end: int
    regions: tuple[Region, ...]


class _Worth(IntEnum):
    """What it takes for a name to count."""

    SURE = 0  # nothing
    BACKED = 1  # its city or province is named elsewhere in the text
    BOUND = 2  # its city is named in the text, or its province or city stands right before it
    SHORT = 3  # its province or city stands right before it, or it opens a clause and 总工会 follows
    BEHIND = 4  # its province or city stands right before it


@dataclass(slots=True)
class _Name:
    """What a name may mean, by what it takes."""

    sure: list[Region] = field(default_factory=list)
    others: list[tuple[Region, _Worth]] = field(default_factory=list)


def _read(name: str) -> list[list[str]]:
    text = resources.files("rag.ingest").joinpath(name).read_text("utf-8")
    return [line.split("\t") for line in text.splitlines() if not line.startswith("#")]


def _table() -> Iterator[list[str]]:
    """The rows of regions.tsv: full name, level, province, city, English spelling; provinces first, then cities."""
    yield from sorted(_read("regions.tsv"), key=lambda row: _LEVELS.index(row[1]))


def _bare(full: str) -> str:
    """滦平 of 滦平县; empty where it would be one character, or is not what a county is called for short."""
    bare = re.sub("[县市区]$", "", full)
    return bare if len(bare) in (2, 3) and bare != full and not bare.endswith("自治") else ""


def _worth(full: str, level: str) -> _Worth:
    if len(full) == 2:
        return _Worth.SHORT
    town = level == "county" and not full.endswith(("区", "县", "旗"))
    return _Worth.BOUND if town or full in _BOUND else _Worth.SURE


@cache
def _gazetteer() -> tuple[dict[str, tuple[int, ...]], dict[str, _Name]]:
    """The lengths of the names that begin with two given characters, longest first; and what each name means."""
    known: dict[str, _Name] = {}

    def enter(name: str, region: Region, worth: _Worth = _Worth.SURE) -> None:
        entry = known.setdefault(name, _Name())
        if worth is _Worth.SURE:
            entry.sure += [region] if region not in entry.sure else []
        else:
            entry.others.append((region, worth))

    provinces: set[str] = set()
    for full, level, province, city, _ in _table():
        region = Region(province, city)
        enter(full, region, _worth(full, level))
        if level == "province":
            provinces.add(province)
        short = province if level == "province" else city
        # 吉林 and 海南 are provinces before they are anything else.
        known_short = level in ("province", "city") or (level == "county_city" and len(short) > 2)
        if known_short and len(short) > 1 and (level == "province" or short not in provinces):
            enter(short, region)
        bare = _bare(full)
        if (
            level.startswith("county")
            and bare
            and bare not in _PLAIN
            and bare not in provinces
            and not (known_short and bare == city)
        ):
            enter(bare, region, _Worth.BEHIND)
    enter(_CORPS, Region("新疆", ""))
    for nickname, province, city, worth in _read("nicknames.tsv"):
        enter(nickname, Region(province, city), _Worth.SURE if worth == "sure" else _Worth.BACKED)
    lengths: dict[str, set[int]] = {}
    for name in known:
        lengths.setdefault(name[:2], set()).add(len(name))
    return {start: tuple(sorted(sizes, reverse=True)) for start, sizes in lengths.items()}, known


@cache
def _openers() -> frozenset[str]:
    """The characters that names begin with."""
    return frozenset(start[0] for start in _gazetteer()[0])


@cache
def _only_behind() -> frozenset[str]:
    """Names that are places only right behind their province or city."""
    known = _gazetteer()[1]
    return frozenset(n for n, e in known.items() if not e.sure and all(w is _Worth.BEHIND for _, w in e.others))


@cache
def nicknames() -> frozenset[str]:
    """What provinces and cities are called besides their names: 榕城."""
    return frozenset(row[0] for row in _read("nicknames.tsv"))


@cache
def spellings() -> dict[str, tuple[tuple[str, Region], ...]]:
    """English spelling (lüliang and luliang, inner mongolia) to the short names and regions it may stand for.

    Of places spelt alike, provinces come before prefectures, and these before counties; a city counts as one even if it is no prefecture.
    """
    found: dict[str, dict[str, Region]] = {}
    rank: dict[str, int] = {}
    for full, level, province, city, spelling in _table():
        bare = re.sub("(?:自治)?[县区旗]$", "", full)
        short = {"province": province, "county": bare if len(bare) > 1 else full}.get(level, city)
        own = min(_LEVELS.index(level), 2)
        for key in {spelling, spelling.replace("ü", "u"), spelling.replace("ü", "v")}:
            if own == 2 and len(key) < SHORTEST:
                continue
            # Wuwei is 武威 (a prefecture) and 无为.
            if rank.setdefault(key, own) in {own, 1 if level == "county_city" else own}:
                found.setdefault(key, {})[short] = Region(province, city)
    return {key: tuple(names.items()) for key, names in found.items()}


# --- mentions -----------------------------------------------------------------------------------


def mentions(text: str, *, strict: bool = True, around: Collection[Region] = ()) -> list[Mention]:
    """The places named in ``text``, in order, the longest name at each place.

    Two characters may be part of other words (重大理论 holds 大理), so with ``strict`` a city's short name that is such
    counts only where its neighbours set it off. ``around`` are places named near the text; they bear out names that do not
    count by themselves.
    """
    named = list(_named(text, strict=strict))
    sure = {m.regions[0] for m in named if isinstance(m, Mention) and len(m.regions) == 1} | set(around)
    found: list[Mention] = []
    for m in named:
        borne_out = m if isinstance(m, Mention) else _borne_out(m, sure, found[-1] if found else None, text)
        if borne_out:
            found.append(borne_out)
    return found


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A name at ``[start, end)`` that does not count by itself, or may mean something else than it mostly does."""

    start: int
    end: int
    name: _Name


def _named(text: str, *, strict: bool) -> Iterator[Mention | _Candidate]:
    """The names in ``text`` from left to right, without overlap."""
    lengths, known = _gazetteer()
    single = {m.start("short"): (m.end(), Region(_ABBREVIATED[m["short"]], "")) for m in _COMPOUND.finditer(text)}
    if "兵团" in text:
        single |= {m.start(): (m.end(), Region("新疆", "")) for m in _CORPS_SHORT.finditer(text)}
    free, last = 0, -1
    openers = _openers()
    starts = [at for at, char in enumerate(text) if char in openers and text[at : at + 2] in lengths]
    for at in sorted({*starts, *single}) if single else starts:
        if at < free:
            continue
        if at in single:
            free, region = single[at]
            last = free
            yield Mention(at, free, (region,))
            continue
        for size in lengths[text[at : at + 2]]:
            name = text[at : at + size]
            if name in known and len(name) == size and _fits(text, at, name, behind=last == at, strict=strict):
                free = last = at + size
                entry = known[name]
                plain = entry.sure and not entry.others
                yield Mention(at, free, tuple(entry.sure)) if plain else _Candidate(at, free, entry)
                break


def _fits(text: str, at: int, name: str, *, behind: bool, strict: bool) -> bool:
    """Whether the characters around ``name`` let it be a place; ``behind`` if it stands right behind another one."""
    end = at + len(name)
    if (not behind and name in _only_behind()) or _NOT_A_PLACE.match(text, end):
        return False
    after = text[end : end + 1]
    if name in nicknames():
        return after not in ("市", "区", "县", "镇", "乡", "堡", "墙", "集") or text[end : end + 2] == "市总"
    if name.startswith("成都") and _SEAM.match(text, max(0, at - 1)):
        return False
    if name.endswith("市") and after in ("场", "圈"):
        return name not in _BOUND and name[:-1] not in _WORDS
    # A professor of 南京大学 is not in Nanjing; the university itself is.
    if strict and (name in _WORDS or (len(name) == 2 and after == "大" and text.startswith("大学", end))):
        set_off = name not in _EVERYDAY and _SET_OFF.search(text[max(0, at - 2) : at])
        return behind or bool(set_off) or (bool(after) and after in _BEHIND)
    return True


def _borne_out(candidate: _Candidate, sure: Collection[Region], before: Mention | None, text: str) -> Mention | None:
    """What a name means that does not count by itself, or may mean something else than it mostly does."""
    start, end = candidate.start, candidate.end
    near = before.regions if before is not None and before.end == start else ()
    union = _SET_OFF.search(text[max(0, start - 2) : start]) and text[end - 1] == "县" and text.startswith("总工", end)
    weights: dict[Region, float] = dict.fromkeys(candidate.name.sure, 1.5)
    for region, worth in candidate.name.others:
        weight = 0.0
        if any(n.province == region.province and n.city in ("", region.city) for n in near):
            weight = 3.0
        elif worth in (_Worth.BACKED, _Worth.BOUND) and region.city and region in sure:
            weight = 2.0
        elif (worth is _Worth.SHORT and union) or (
            worth is _Worth.BACKED and any(s.province == region.province for s in sure)
        ):
            weight = 1.0
        weights[region] = max(weight, weights.get(region, 0.0))
    most = max(weights.values())
    fitting = tuple(r for r, weight in weights.items() if weight == most)
    backed = any(worth is _Worth.BACKED for _, worth in candidate.name.others)
    if not most or (backed and len(fitting) > 1):
        return None
    return Mention(start, end, fitting)


# --- the place of an article --------------------------------------------------------------------


def place(head: str, paragraphs: Sequence[str], rest: Sequence[str] = ()) -> tuple[str, str]:
    """``(province, city)`` of an article, short names, empty where it is about no one place.

    The title decides; if it names no place, the first of ``paragraphs`` that does; if none does, the dateline, unless it is
    from Beijing. A city stands if it is named there first or right behind its province (山东省济宁市), a province alone means
    all of it, and so does 省总工会 before the city where something was held. Three places side by side are none.
    ``rest`` is the text behind, which only bears out names that may mean several places.
    """
    datelines = [m for p in paragraphs if (m := _DATELINE.match(p))]
    opening = [p[m.end() :] if (m := _DATELINE.match(p)) else p for p in paragraphs]
    sent_from = [m for line in datelines for m in mentions(line["city"], strict=False)]
    near = _sure(mentions("\n".join([head, *opening]))) | _sure(sent_from)
    around = near | _sure(mentions("\n".join(rest)))
    for text in (head, *opening):
        found = mentions(text, around=around)
        first = next((r for m in found[:1] if (r := _resolve(m, near) or _resolve(m, around))), None)
        if first is None:
            continue
        if (listed := _listed(text, found)) is not None:
            return listed
        city = _city(first, found, title=text is head)
        if city and text is not head and (_OF_PROVINCE.search(head) or _OF_PROVINCE.search(text, 0, found[0].start)):
            city = ""
        return first.province, city
    sender = next((m.regions[0] for m in sent_from if len(m.regions) == 1), None)
    return (sender.province, sender.city) if sender and sender.province != _DESK else ("", "")


def _sure(found: Iterable[Mention]) -> set[Region]:
    return {m.regions[0] for m in found if len(m.regions) == 1}


def _resolve(mention: Mention, sure: Collection[Region]) -> Region | None:
    """Which of its regions a name means: the only one, or the one whose city, or else whose province, is named nearby."""
    if len(mention.regions) == 1:
        return mention.regions[0]
    by_city = [r for r in mention.regions if r in sure]
    fitting = by_city or [r for r in mention.regions if any(s.province == r.province for s in sure)]
    return fitting[0] if len(fitting) == 1 else None


def _city(first: Region, found: Sequence[Mention], *, title: bool) -> str:
    """The city of ``first``, or else the first one of its province named behind it without a gap (in a title, anywhere)."""
    if first.city:
        return first.city
    for before, after in pairwise(found):
        apart = after.start > before.end
        if apart and not title:
            break
        inner = {r.city for r in after.regions if r.province == first.province and r.city}
        if len(inner) == 1:
            return inner.pop()
        if apart:
            break
    return ""


def _listed(text: str, found: Sequence[Mention]) -> tuple[str, str] | None:
    """The place of a text that opens with several side by side (北京、天津、河北三地): none, or the province they are all in."""
    groups = [[found[0]]]
    for before, after in pairwise(found):
        if after.start == before.end:
            groups[-1].append(after)
        elif _LISTED.fullmatch(text, before.end, after.start):
            groups.append([after])
        else:
            break
    together = _TOGETHER.match(text, groups[-1][-1].end) is not None
    if len(groups) < (2 if together else MOST_LISTED):
        return None
    provinces = {group[0].regions[0].province for group in groups}
    return (provinces.pop(), "") if len(provinces) == 1 else ("", "")
