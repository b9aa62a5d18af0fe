"""Made-up issues of a paper: reports that begin on one page and go on on another, and what only looks so.

Everything is drawn from a seed. The sentences mean nothing; but each report has a place, people and words of its own, among
those all reports share, about as often as real ones do.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from rag.types import Article, Kind, Precision, Published

PLACES = "榆关 柳溪 石桥 清河 东坪 云台 梅岭 沙湾 龙泉 白塔 南屏 望江 凤台 金沙 古田 双林 长汀 平湖 安丘 永昌".split()
SURNAMES, GIVEN = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许", "建国志强丽华秀英海燕春明晓东文博思远"
COMMON = (
    "工会 职工 服务 工作 活动 建设 发展 开展 企业 单位 组织 推动 提升 加强 群众 干部 维权 就业 培训 技能 劳动 创新 保障 帮扶 困难 "
    "关爱 安全 生产 竞赛 劳模 工匠 精神 基层 平台 机制 联合 积极 举办 提供 落实 参加 负责 主席 部门 社会 生活 时间 问题 需求 情况"
).split()
"""What every report on unions speaks of."""
OWN = (
    "灯塔 渔网 齿轮 焊枪 麦田 茶山 隧道 钢轨 织机 陶窑 账本 雨靴 吊塔 算盘 铁锤 炉膛 货柜 邮包 煤灯 棉花 桥墩 电杆 盾构 船坞 信鸽 药箱 "
    "山路 晒场 雪橇 竹筐 皮影 剪纸 唢呐 戏台 古井 祠堂 石磨 风车 水渠 稻种 羊群 蜂箱 蚕茧 豆腐 面馆 糖画 木偶 泥塑 绣针 染坊 酒缸 "
    "星空 潮汐 台风 冰雹 泥石 滑坡 旱情 山火 堤坝 闸门 航标 渡口 站台 车厢 司炉 调度 信号 道岔 扳手 螺丝 轴承 图纸 模具 涂料 瓷砖 "
    "脚手 砂浆 钢筋 水泥 吊篮 焊花 电缆 光纤 机房 代码 屏幕 镜头 话筒 钢琴 合唱 舞鞋 球场 跑道 泳池 象棋 毛笔 宣纸 邮票 相册 日记 "
    "奶粉 尿布 摇篮 课桌 书包 校车 考卷 录取 学徒 师傅 拜师 出师 退休 返乡 创业 网店 直播 快递 外卖 骑手 头盔 电瓶 充电 维修 保洁 "
    "病房 手术 护士 救护 血库 疫苗 体检 拐杖 轮椅 盲道 手语 助听 义肢 康复 心理 热线 倾听 眼泪 拥抱 婚礼 喜糖 红娘 春联 汤圆 月饼"
).split()
"""What but one or another does."""


@dataclass(frozen=True)
class Issue:
    """The articles of an issue's pages, and which go together: id of the beginning to id of the rest."""

    articles: tuple[Article, ...]
    pairs: dict[str, str]


def story(rng: random.Random) -> tuple[str, list[str]]:
    """A title and eight paragraphs about one thing: a place, three people and some twenty words that are its own."""
    place = rng.choice(PLACES) + "县"
    people = [rng.choice(SURNAMES) + "".join(rng.sample(GIVEN, 2)) for _ in range(3)]
    own = [place, *people, *rng.sample(OWN, 18)]

    def sentence() -> str:
        clauses = []
        for _ in range(rng.randint(2, 4)):
            words = [rng.choice(own if rng.random() < 0.4 else COMMON) for _ in range(rng.randint(3, 6))]
            if rng.random() < 0.2:
                words.append(f"{rng.randint(2, 9000)}{rng.choice('名个次万')}")
            clauses.append("".join(word + rng.choice("的了在和把与也又被让从向对将而") for word in words))
        return "，".join(clauses) + "。"

    body = ["".join(sentence() for _ in range(rng.randint(1, 4))) for _ in range(8)]
    return f"{place}{own[4]}里的{own[5]}{rng.choice(COMMON)}", body


def _name(rng: random.Random, style: int, day: str, page: int) -> str:
    return (
        f"{day.replace('-', '')}_{page:02d}.txt",
        f"paper/{day}/{page}.txt",
        f"工人日报{day}第{page}版.txt",
        f"{day}.pdf#{page}",
        f"box/{rng.getrandbits(48):012x}.txt",
    )[style]


def issue(seed: int, *, orphans: bool = True) -> Issue:
    """Two to four pages of one day with jumps from page 1; with ``orphans`` some lack their other side."""
    rng = random.Random(seed)
    day = f"2025-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}"
    style = rng.randrange(5)
    dated = rng.random() < 0.7 or style == 4
    published = Published(day, Precision.DAY, "版面印有日期") if dated else Published()
    names = {page: _name(rng, style, day, page) for page in range(1, 5)}
    articles: list[Article] = []
    pairs: dict[str, str] = {}

    def put(page: int, title: str, body: list[str], jumps: tuple[str, ...] = (), kind: Kind = Kind.NEWS) -> str:
        number = len(articles)
        articles.append(
            Article(
                f"{seed}-{number}",
                names[page],
                kind,
                title,
                tuple(body),
                jumps=jumps,
                published=published,
                reporters=(rng.choice(SURNAMES) + rng.choice(GIVEN),),
                lines=tuple(range(10 * number + 1, 10 * number + 1 + len(body))),
            )
        )
        return articles[-1].id

    for _ in range(rng.randint(1, 4)):
        title, body = story(rng)
        page, cut = rng.randint(2, 4), rng.randint(3, 6)
        first, rest = body[:cut], body[cut:]
        if rng.random() < 0.6:
            # The page ends in the middle of a sentence.
            at = rng.randint(8, len(body[cut]) - 4)
            first, rest = [*body[:cut], body[cut][:at]], [body[cut][at:], *body[cut + 1 :]]
        above = rng.choice(("", title, title[-6:]))
        lost = orphans and rng.random() < 0.15
        gone = orphans and not lost and rng.random() < 0.15
        begun = "" if lost else put(1, title, first, (f"（下转第{page}版）",))
        further = "" if gone else put(page, above, rest, ("（上接第1版）",), Kind.CONTINUATION)
        if begun and further:
            pairs[begun] = further
    for page in names:
        title, body = story(rng)
        put(page, title, body)
    return Issue(tuple(articles), pairs)
