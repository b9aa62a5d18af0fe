"""Names in bylines: who reported, who contributed, who took the picture."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.ingest.page import HAN

SURNAMES = frozenset(
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳"
    "鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧尹姚邵湛汪祁毛禹狄米贝明臧计伏成戴谈宋茅庞熊纪"
    "舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯管卢莫经房裘缪干解应宗丁宣邓郁单杭洪包"
    "诸左石崔吉龚程嵇邢裴陆荣翁荀羊惠甄曲封储靳段焦巴牧隗山谷车侯全班仰秋仲伊宫宁仇栾甘厉戎祖武符刘景詹束龙叶幸司韶郜黎薄印白怀"
    "蒲鄂索咸籍赖卓蔺屠蒙池乔阴胥能苍双闻莘党翟谭贡劳姬申扶冉宰雍桑桂濮牛寿通边扈燕冀浦尚农温别庄晏柴瞿阎充慕连茹习艾鱼容向古易"
    "慎戈廖庾终居衡步都耿满弘匡国文寇广禄东沃利蔚越隆师巩聂晁勾敖融冷辛阚那简饶空曾沙养鞠须丰巢关相查后红游竺权盖益桓公鹿肖付代"
    "仝覃苑信涂楚区阳佟商年岳帅晋闫洛银迟"
)
COMPOUND = (
    "欧阳",
    "司马",
    "上官",
    "诸葛",
    "东方",
    "皇甫",
    "尉迟",
    "公孙",
    "慕容",
    "令狐",
    "宇文",
    "长孙",
    "司徒",
    "夏侯",
    "端木",
    "百里",
)

LONGEST = 200
"""Characters within which the names that open a report end."""

_ROLE = re.compile(r"(?:本报|新华社|中新社|人民网)?(?:首席|见习|特约|摄影)?(记者|通讯员|实习生)[：:]?")
_OPENING = re.compile(
    r"^(?P<before>[^（(]{0,20}[（(])(?=[^）)]{0,200}?(?:记者|通讯员))(?P<who>[^）)]{0,200})(?P<after>[）)])"
)
_OPEN = re.compile(rf"^[^（(]{{0,20}}[（(](?P<who>[^（()）]*(?:记者|通讯员|实习生)[{HAN}·\s、，,]*)$")
_FIRST_NAME = re.compile(rf"(?P<name>[{HAN}]{{2,4}})(?![{HAN}·])")
_CREDIT_WORD = re.compile(r"[/／]?(?:摄影报道|摄|供图)$")


@dataclass(frozen=True, slots=True)
class People:
    """Names by what they did, each once, in the order printed."""

    reporters: tuple[str, ...] = ()
    correspondents: tuple[str, ...] = ()
    photographers: tuple[str, ...] = ()


def people(bylines: Sequence[str], openings: Sequence[str], credits_: Sequence[str]) -> People:
    """The people named in stand-alone bylines, in the brackets that open a report, and in photo credits."""
    texts = [*bylines, *(m["who"] for text in openings if (m := _OPENING.match(text)))]
    pairs = [pair for text in texts for pair in _names(text)]
    shots = [name for text in credits_ for _, name in _names(_CREDIT_WORD.sub("", text.strip("（）()")))]
    return People(
        tuple(dict.fromkeys(n for role, n in pairs if role == "记者")),
        tuple(dict.fromkeys(n for role, n in pairs if role != "记者")),
        tuple(dict.fromkeys(shots)),
    )


def space(paragraph: str) -> str:
    """``paragraph`` with one space between the names of its opening bracket where the line's end swallowed it."""
    if not (m := _OPENING.match(paragraph)):
        return paragraph
    out, role = [], ""
    for piece_role, names in _pieces(m["who"]):
        role = piece_role
        out.append(role + " ".join(names))
    return m["before"] + " ".join(out) + m["after"] + paragraph[m.end() :] if role else paragraph


def _pieces(text: str) -> Iterator[tuple[str, list[str]]]:
    """Each role word as printed, with the names behind it."""
    parts = _ROLE.split(text)
    words = [m.group() for m in _ROLE.finditer(text)]
    for word, names in zip(words, parts[2::2], strict=True):
        yield word, _whole([n for run in re.split(r"[\s、，,]+", names) if run for n in split_names(run)])


def _names(text: str) -> Iterator[tuple[str, str]]:
    """Each name with its role (记者, 通讯员, 实习生); names without one count as a reporter's."""
    found = False
    for word, names in _pieces(text):
        found = True
        role = next(r for r in ("记者", "通讯员", "实习生") if r in word)
        for name in names:
            yield role, name
    if not found:
        for name in _whole(text.split()):
            yield "记者", name


def _whole(pieces: Sequence[str]) -> list[str]:
    """Names of two characters set apart (王 伟) put together; the other pieces as they are."""
    out: list[str] = []
    apart = False
    for piece in pieces:
        if apart and len(piece) == 1:
            out[-1] += piece
            apart = False
        else:
            out.append(piece)
            apart = len(piece) == 1
    return out


def parted(before: str, after: str) -> bool:
    """Whether a line of an opening bracket that ends with ``before`` broke between two names, as in 唐秋冰|陈雨迪.

    It did if both sides hold a whole name: two characters or more, the second one beginning with a surname. 伍|月桥 is one.
    """
    opened = _OPEN.match(before) if len(before) <= LONGEST else None
    if not opened or not (rest := _FIRST_NAME.match(after)):
        return False
    last = re.split(r"[\s、，,]", _ROLE.sub(" ", opened["who"]))[-1]
    return len(last) > 1 and last not in COMPOUND and rest["name"].startswith((*COMPOUND, *SURNAMES))


def split_names(run: str) -> list[str]:
    """``run`` as names: whole up to four characters, longer ones parted where surnames stand (唐秋冰陈雨迪)."""
    if len(run) <= 4 or not re.fullmatch(f"[{HAN}]+", run):
        return [run]
    best: dict[int, tuple[float, list[str]]] = {0: (0.0, [])}
    for end in range(2, len(run) + 1):
        options = []
        for size in (2, 3, 4):
            start = end - size
            if start not in best:
                continue
            name = run[start:end]
            compound = name.startswith(COMPOUND)
            if not compound and (name[0] not in SURNAMES or size == 4):
                continue
            # Names of three characters are the most common.
            options.append((best[start][0] + (1.0 if size == 3 or compound else 0.6), [*best[start][1], name]))
        if options:
            best[end] = max(options)
    return best[len(run)][1] if len(run) in best else [run]
