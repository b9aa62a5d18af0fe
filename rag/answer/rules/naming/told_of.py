"""What a report tells of the one person whom a question names: their trade, age, illness, home, post or former post.

Unlike those of :mod:`.said_of` what tells it are words of its own and no names of a form (岁 tells an age), and all sentences up to the next
person count: the post that somebody had before stands far behind the name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rag.answer.rules.slots import SCHOOL
from rag.answer.stated.facts import people
from rag.answer.stated.sentences import SENTENCE, form
from rag.ingest.names import SURNAMES
from rag.zh import HAN, is_english, words


@dataclass(frozen=True, slots=True)
class _Trait:
    """What may be asked of a person: its ``name``, how it is ``asked`` for, and what tells it (patterns over the form of :func:`form`)."""

    name: str
    asked: str
    told: str


AT_WORK = ("单位", "部门")
"""What stands right beside a name, or where it says at what the person works."""

_WORKS = re.compile(
    "(?:在|于|进入?|入职|来自|任职|供职|就职)(?![^，。；,]{0,24}(?:仪式|活动|会上|大会|现场|期间|当天))[^，。；,]{2,20}"
)
_ASKS_POST = re.compile("(?:什么|啥|何种|何)(?:职务|职位|头衔|官职)|职务(?:是|为)(?:什么|啥)|什么身份")
_POST = re.compile(
    "长|主席|主任|书记|经理|教授|委员|干事|专家|总监|工程师|总裁|司机|骑手|工人|队员|职工|秘书|研究员|记者|律师|代表|负责人|传承人|[师员工匠手]"
)
_TAKES_POST = re.compile(
    "(?<![主责信委上前新放])任(?![务何意性由凭期])|当选|任命|[升晋]为|擢|受聘|被聘|接管|[被加]封|追加|加领|身份"
)
"""A life tells of its offices without the name: 1984年任研究室副主任."""

_PERSONAL = (
    _Trait("专业", r"(?:什么|啥|哪个)(?:的)?专业|专业(?:是|叫)", r"专业|修读|攻读|主修|就读于[^，。]{2,12}系|工程(?!师)|(?:管理|经济|会计|化|数|文|法|医|工|理|哲|力|药|农)学(?!员|生|习|校|院|士)"),
    _Trait("单位", r"(?:在|是|来自)(?:哪个|什么|啥|哪家)(?:单位|公司|企业|厂)(?:里)?(?:的(?=[？?，,。 ]|$)|上班|工作|任职|供职|当|做)", r"公司|集团|厂|医院|学校|大学|学院|[一-龥]局|法院|银行|中心|车间|队|站|处|科|室|部|所|委|社"),
    _Trait("部门", r"(?:在|是|来自)[^，。？?]{0,8}(?:哪个|什么|啥)(?:部门|办公室|处室|科室|处|科|司|局)(?![长分])(?:的(?=[？?，,。 ]|$)|上班|工作|任职|供职)", r"[一-龥]{2}(?:办公?室?|[部处科室司局])(?![署分])|中心"),
    _Trait("年龄", r"多大(?:年纪|岁数|了|年龄)|几岁|多少岁|年龄|年纪", r"岁|[0-9]0后|出生|年龄|花甲|古稀|耄耋|而立|不惑|年过"),
    _Trait("病", r"(?:什么|啥|哪种|何种)病|病名", r"癌|瘤|炎|症|病(?!人|房|床|情)"),
    _Trait("家乡", r"哪里人|哪儿人|老家|籍贯|家乡|什么地方人|哪(?:个)?(?:省|市|县|地方)(?:的)?人", r"人[,，。、]|籍|老家|家乡|来自|出生|小伙|姑娘|村民"),
    _Trait("年级", r"几年级|哪个年级|[上读念]几年", r"年级|初[一二三]|高[一二三]|大[一二三四班]|[中小大]班"),
    _Trait("从前的职务", r"(?:提拔|升职|晋升|上任|任职|退休|当选|调来|入职|转行|创业|入伍|下海)之?前[^，。？?]{0,4}(?:[在是干做当]|任)[^，。？?]{0,3}(?:哪|什么|啥|何)", r"(?<!追)原(?![则因来本标文地])|曾|此前|之前|以前|退休|出身|[做当干]过|从事|时任|历任|先后|[在从][^，。]{2,14}(?:工作(?=[了过，。,])|任职|上班)"),
    _Trait("收入", r"工资|收入|月薪|年薪|挣多少|赚多少", r"元|收入|工资|薪"),
    _Trait("徒弟", r"(?:几个|多少)(?:名)?徒弟|徒弟(?:是|叫)", r"徒"),
    _Trait("学校", r"哪[所个家](?:大学|学校|学院|高校|院校)", SCHOOL),
)  # fmt: skip
"""What may be asked of a person and must be told where the report speaks of that person."""

_SAYS = "说|表示|介绍|告诉|坦言|回忆|指出|认为|感慨|笑着|激动|高兴|代表[0-9]|如是|一家|带领|接到|收到"


def untold(question: str, text: str) -> str:
    """What ``question`` asks of the one person whom it names and ``text`` does not tell where it speaks of that person; empty for none.

    Both in any form; of an English question nothing is said.
    """
    return "" if is_english(question) else next(_untold(form(question), form(text)), "")


def _untold(asked: str, text: str) -> Iterator[str]:
    wanted = [trait for trait in _PERSONAL if re.search(trait.asked, asked)]
    post = _ASKS_POST.search(asked) is not None
    named = _named(asked, text) if wanted or post else []
    if len(named) != 1:
        return
    about = _about(named[0], text)
    works = "\n".join(
        [
            _beside(named[0], text),
            *(
                work
                for said in about.split("\n")
                if named[0] in said or said[0] in "他她"
                for work in _WORKS.findall(said)
            ),
        ]
    )
    for trait in wanted:
        if not re.search(trait.told, works if trait.name in AT_WORK else about):
            yield trait.name
    if post and not _TAKES_POST.search(text) and not _POST.search(_beside(named[0], text)):
        yield "职务"


def _named(asked: str, text: str) -> list[str]:
    """The persons whom ``asked`` names and ``text`` does, too.

    Not those that :mod:`.said_of` reads out of a question: with them fewer of the things untold here are noticed (8 of 25 are lost over the
    news, and 4 others come).
    """
    found = [name for name in people(asked) if name in text] + [name for name in people(text) if name in asked]
    if not found:
        may = (asked[i : i + n] for n in (3, 2) for i in range(len(asked) - n + 1) if asked[i] in SURNAMES)
        found = [name for name in may if name in text and _speaks(name, text)]
    known = dict.fromkeys(found)
    return [name for name in known if not any(name != other and name in other for other in known)]


def _beside(person: str, text: str) -> str:
    """What stands right before ``person`` in ``text``, where an office would, and what it says that the person is."""
    before = re.findall(rf"([^，。；、,“”]{{1,24}})(?<![和与及对向为]){re.escape(person)}", text)
    behind = re.findall(rf"{re.escape(person)}(?:是|任|担任|当选|作为|身为|[，,]|[（(])([^，。；]{{2,24}})", text)
    return "\n".join([*before, *behind])


def _speaks(name: str, text: str) -> bool:
    """Whether ``name`` is no word and says something in ``text``, or is an apposition there."""
    return len(words(name)) > 1 and re.search(rf"{re.escape(name)}(?:的[{HAN}]{{2}})?(?:{_SAYS})", text) is not None


_SPEAKER = re.compile(rf"[{HAN}]{{2}}(?:说|表示|介绍|告诉|坦言)[:：,，“。]")


def _about(person: str, text: str) -> str:
    """The sentences of ``text`` with ``person`` and those behind that name nobody else."""
    found: list[str] = []
    going_on = False
    for sentence in SENTENCE.findall(text):
        if person in sentence:
            going_on = True
        elif going_on and (people(sentence) or _SPEAKER.search(sentence)):
            going_on = False
        if going_on:
            found.append(sentence)
    return "\n".join(found)
