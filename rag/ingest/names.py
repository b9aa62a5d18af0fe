"""What Chinese names look like: surnames, and a run of names without spaces taken apart."""

from __future__ import annotations

import re

HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff〇々"
"""Chinese characters, for a character class."""

NAME = rf"[{HAN}]{{1,4}}(?:·[{HAN}]{{1,6}})?"
"""A printed name, or one half of a name of two characters set apart (王 伟)."""

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

_PLAIN = re.compile(
    rf"(?:[{HAN}]{{2,4}}|[{HAN}](?: [{HAN}])|[{HAN}]{{2,6}}·[{HAN}]{{2,6}})(?:[ 、]+(?:[{HAN}]{{2,4}}|[{HAN}](?: [{HAN}])))*"
)


def are_names(text: str) -> bool:
    """Whether ``text`` is nothing but names: two to four characters each, that begin with a surname."""
    if len(text) > 40 or not _PLAIN.fullmatch(text):
        return False
    pieces = re.split(r"[ 、]+", re.sub(rf"(?<![{HAN}])([{HAN}]) ([{HAN}])(?![{HAN}])", r"\1\2", text))
    return all(
        piece.startswith((*COMPOUND, *SURNAMES)) and len(piece) <= 3 + piece.startswith(COMPOUND) for piece in pieces
    )


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
