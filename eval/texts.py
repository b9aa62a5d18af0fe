"""Every word of the evaluation for its readers, in Chinese and in English, and how its figures are put into words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from eval.measures import BY_NAME
from eval.records import Figure
from rag.types import Step

ENOUGH = 4
"""Cases from which the rule of three says anything."""


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts in one language. Names in braces are filled in where the text is used.

    ``measures`` holds the name and the explanation of each measure, ``groups`` the name of each group of cases (``all``,
    ``type:list``), ``kinds`` that of each way of grouping, ``stages`` of each step of an answer, ``outcomes`` of each way a
    case can end (:func:`eval.report.outcome`).
    """

    html_lang: str
    other: str
    report: str
    quality: str
    skip: str
    value: str
    interval: str
    cases: str
    all_cases: str
    by_kind: str
    measure_label: str
    meaning: str
    key_figures: str
    rests_on: str
    characters: str
    seconds: str
    milliseconds: str
    none: str
    lower_better: str

    asked: str
    answered: str
    refused_wrongly: str
    refused_rightly: str
    refused_all: str
    quotes_all: str
    quotes_some: str
    crashes: str
    took: str

    interval_note: str
    rule_of_three: str
    all_measures: str
    agreement: str
    agreement_note: str
    judge_and_rule: str
    correlation: str
    furthest: str
    plots: str
    nothing_to_draw: str
    plot_titles: Mapping[str, str]
    plot_notes: Mapping[str, str]
    k: str
    recall: str
    share_right: str
    said_probability: str
    seen_share: str
    diagonal: str
    error: str
    coverage: str
    risk: str
    operating_point: str
    time: str
    number_of_cases: str
    median: str
    percentile: str

    case_list: str
    filters: str
    kind: str
    language: str
    split: str
    outcome: str
    evidence: str
    any_: str
    search: str
    search_hint: str
    shown: str
    nothing_matches: str
    reset: str
    open_shown: str
    close_all: str
    question: str
    history: str
    understood_as: str
    answer: str
    no_answer: str
    notice: str
    refused: str
    crash: str
    wanted: str
    wanted_refusal: str
    facts: str
    fact_held: str
    fact_missing: str
    no_facts: str
    lack: str
    wanted_evidence: str
    no_evidence: str
    found: str
    found_none: str
    rank: str
    not_found: str
    given: str
    not_given: str
    cited: str
    not_cited: str
    holds_evidence: str
    citations: str
    exact: str
    inexact: str
    hits_evidence: str
    misses_evidence: str
    weak: str
    unsupported: str
    unattributed: str
    lead: str
    confidence: str
    judged: str
    notes: str
    generated: str
    missing: Mapping[str, str]
    outcomes: Mapping[str, str]

    made_with: str
    run: str
    began: str
    duration: str
    version: str
    index: str
    made_by: str
    models: str
    settings: str
    prompts: str
    cases_path: str
    cases_hash: str
    cases_split: str
    cases_generated: str
    machine: str
    counts: str
    utc: str
    yes: str
    no: str

    last_run: str
    other_index: str
    full_report: str
    to_chat: str
    no_run: str
    how_to: str
    install: str
    not_installed: str
    unreadable: str

    measures: Mapping[str, tuple[str, str]]
    groups: Mapping[str, str]
    kinds: Mapping[str, str]
    stages: Mapping[str, str]

    def measure(self, name: str) -> str:
        """The name of a measure."""
        return self.measures[name][0]

    def about(self, name: str) -> str:
        """What a measure says, in one line."""
        return self.measures[name][1]

    def group(self, group: str) -> str:
        """The name of a group of cases; its own where cases have a kind that is not among ours."""
        return self.groups.get(group) or group.partition(":")[2] or group

    def amount(self, value: float, unit: str) -> str:
        """A value in its unit: a share in per cent, a time in seconds or thousandths, a length in characters."""
        if unit == "seconds":
            return self.time_of(value)
        if unit == "characters":
            return self.characters.format(n=f"{value:.0f}")
        return f"{100 * value:.0f}%" if value in {0.0, 1.0} else f"{100 * value:.1f}%"

    def time_of(self, seconds: float) -> str:
        """A time."""
        if seconds >= 1:
            return self.seconds.format(n=f"{seconds:.1f}")
        if seconds < 0.00005:
            return self.milliseconds.format(n="< 0.1")
        return self.milliseconds.format(n=f"{1000 * seconds:.0f}" if seconds >= 0.01 else f"{1000 * seconds:.1f}")

    def figure(self, figure: Figure) -> str:
        """The value of a figure."""
        return self.amount(figure.value, BY_NAME[figure.measure].unit)

    def sure(self, figure: Figure) -> str:
        """The 95 % interval of a figure.

        Where all cases agree a bootstrap interval has no width; then the rule of three bounds the share of the other cases
        by 3/n (Hanley and Lippman-Hand, If Nothing Goes Wrong, Is Everything All Right?, JAMA 249, 1983,
        doi:10.1001/jama.1983.03330370053031).
        """
        unit = BY_NAME[figure.measure].unit
        if figure.low < figure.high:
            return f"{self.amount(figure.low, unit)} – {self.amount(figure.high, unit)}"
        if unit == "share" and figure.value in {0.0, 1.0} and figure.n >= ENOUGH:
            bound = 3 / figure.n
            return f"≥ {100 * (1 - bound):.1f}% (3/n)" if figure.value else f"≤ {100 * bound:.1f}% (3/n)"
        return self.none

    def headline(self, figures: Iterable[Figure]) -> list[str]:
        """What came of a run, in sentences, from its figures over all cases. Empty when there is none of them."""
        found = {f.measure: f for f in figures if f.group == "all"}
        said = []

        def many(measure: str) -> int:
            return round(found[measure].value * found[measure].n)

        if right := found.get("right"):
            said.append(self.asked.format(n=right.n, right=many("right"), share=self.figure(right)))
        if complete := found.get("facts_all"):
            said.append(self.answered.format(n=complete.n, right=many("facts_all")))
            if found.get("wrongly_refused") and many("wrongly_refused"):
                said.append(self.refused_wrongly.format(n=many("wrongly_refused")))
        if refusals := found.get("refusal_recall"):
            right_ones = many("refusal_recall")
            text = self.refused_all if right_ones == refusals.n else self.refused_rightly
            said.append(text.format(n=refusals.n, right=right_ones, rest=refusals.n - right_ones))
        if quotes := found.get("quotes_exact"):
            said.append(
                self.quotes_all if quotes.value == 1 else self.quotes_some.format(share=self.figure(quotes), n=quotes.n)
            )
        if found.get("crashed") and many("crashed"):
            said.append(self.crashes.format(n=many("crashed")))
        if seconds := found.get("seconds"):
            said.append(self.took.format(time=self.figure(seconds)))
        return said


ZH = Texts(
    html_lang="zh-CN",
    other="English",
    report="评测报告",
    quality="回答质量",
    skip="跳到用例",
    value="数值",
    interval="95% 区间",
    cases="用例数",
    all_cases="全部用例",
    by_kind="分组",
    measure_label="指标",
    meaning="含义",
    key_figures="主要数字",
    rests_on="{n} 例",
    characters="{n} 字",
    seconds="{n} 秒",
    milliseconds="{n} 毫秒",
    none="—",
    lower_better="越低越好",
    asked="问 {n} 个问题，答对 {right} 个（{share}）。",
    answered="库里有答案的 {n} 个，要点答全的 {right} 个。",
    refused_wrongly="有答案却拒答的 {n} 个。",
    refused_rightly="库里没有答案的 {n} 个，正确拒答 {right} 个，其余 {rest} 个没有拒答。",
    refused_all="库里没有答案的 {n} 个，全部正确拒答。",
    quotes_all="引文逐字见于报纸，无一例外。",
    quotes_some="引文逐字见于报纸的占 {share}（{n} 个回答的平均值）。",
    crashes="有 {n} 个问题运行出错，按答错计。",
    took="答一个问题通常用 {time}。",
    interval_note="每个数字后面是 95% 自助法（bootstrap）区间和它所依据的用例数。用例越少，区间越宽；两个数字的区间重叠很多时，不要急于下高低之分的结论。",
    rule_of_three="如果所有用例结果一致（如全部为 100%），自助法区间没有宽度，这不表示绝不出错。此时按“三倍法则”估计：n 例中一例未错，真实出错率仍可能高到约 3/n，表中以“≥ …（3/n）”或“≤ …（3/n）”标出。",
    agreement="语言模型评分与规则指标是否一致",
    agreement_note="相关系数从 −1 到 1，越接近 1 越一致；没有算出来的，是用例太少或其中一方没有变化。没有评上分的回答不计入。",
    judge_and_rule="评分 / 指标",
    correlation="相关系数",
    furthest="相差最大的用例",
    all_measures="全部指标",
    plots="图",
    nothing_to_draw="这次评测没有可画的数据。",
    plot_titles={
        "recall": "检索：前 k 段里找到多少证据",
        "kinds": "各题型答对的比例",
        "reliability": "把握与实际是否相符",
        "risk_coverage": "答得越多，错得多不多",
        "latency": "用时分布",
        "stages": "各步骤用时",
    },
    plot_notes={
        "recall": "把检索到的前 k 段当作参考，答案所需的段落平均找到了百分之几。竖线是 95% 区间。",
        "kinds": "点是比例，横线是 95% 区间，括号里是用例数。",
        "reliability": "横轴是程序认为“库里有答案”的把握，纵轴是真的有答案的比例。点越大用例越多；点在虚线上最好。英文问题的把握是相似度，不是概率。",
        "risk_coverage": "只答最有把握的一部分问题时，答案中有多少是错的。圆点是程序目前的做法：答多少、错多少。",
        "latency": "从提问到答案完成的时间，横轴为对数刻度。",
        "stages": "点是中位数，横线到 95 百分位。",
    },
    k="前 k 段",
    recall="召回率",
    share_right="答对比例",
    said_probability="程序的把握",
    seen_share="真有答案的比例",
    diagonal="完全相符",
    error="平均偏差 {error}",
    coverage="作答的比例",
    risk="答案中错误的比例",
    operating_point="目前：答 {coverage}，错 {risk}",
    time="用时（毫秒）",
    number_of_cases="用例数",
    median="中位数 {time}",
    percentile="95 百分位 {time}",
    case_list="逐个用例",
    filters="筛选用例",
    kind="题型",
    language="语言",
    split="用例集",
    outcome="结果",
    evidence="证据",
    any_="不限",
    search="查找",
    search_hint="问题、答案、编号里的字",
    shown="显示 {shown} / {all} 个用例",
    nothing_matches="没有符合条件的用例。",
    reset="清除条件",
    open_shown="展开所示",
    close_all="全部收起",
    question="问题",
    history="此前的问题",
    understood_as="理解为",
    answer="程序的回答",
    no_answer="没有回答。",
    notice="附言",
    refused="拒答：库里没有找到答案。",
    crash="出错",
    wanted="应有的回答",
    wanted_refusal="应当拒答：库里没有答案。",
    facts="必须答出的要点",
    fact_held="已答出",
    fact_missing="没有答出",
    no_facts="没有要点：正确的做法是拒答。",
    lack="缺少的是",
    wanted_evidence="应当找到的证据",
    no_evidence="没有证据：库里没有答案。",
    found="检索到的段落",
    found_none="没有检索到段落。",
    rank="第 {rank} 段",
    not_found="未检索到",
    given="用于作答",
    not_given="未用于作答",
    cited="已引用",
    not_cited="未引用",
    holds_evidence="含证据",
    citations="引文",
    exact="逐字见于报纸",
    inexact="与报纸不符",
    hits_evidence="是证据",
    misses_evidence="不在所列证据中",
    weak="依据不足",
    unsupported="没有依据",
    unattributed="所引原文里没有这句话的内容",
    lead="最直接的回答",
    confidence="把握",
    judged="模型评分",
    notes="过程记录",
    generated="自动生成的用例",
    missing={"unfound": "有证据未检索到", "ungiven": "有证据未用于作答", "uncited": "有证据未引用"},
    outcomes={
        "right": "答对",
        "not_right": "没答对（各种情况）",
        "wrong": "答错或不全",
        "refused": "误拒",
        "unrefused": "该拒未拒",
        "crashed": "出错",
    },
    made_with="这次评测是怎么做的",
    run="评测编号",
    began="开始时间",
    duration="历时",
    version="程序版本",
    index="索引",
    made_by="建索引的程序",
    models="模型",
    settings="参数",
    prompts="提示词（SHA-256）",
    cases_path="用例",
    cases_hash="用例的 SHA-256",
    cases_split="用例集",
    cases_generated="其中自动生成",
    machine="机器",
    counts="索引内容",
    utc="{date}（UTC）",
    yes="是",
    no="否",
    last_run="最近一次评测",
    other_index="注意：这次评测用的是另一份索引（{measured}），现在使用的是 {served}。请重新评测：rag eval",
    full_report="查看完整报告",
    to_chat="返回问答",
    no_run="还没有做过评测。",
    how_to="在运行本程序的机器上执行下面的命令，几分钟即可完成，不需要联网；完成后刷新本页。",
    install="评测所需的软件包尚未安装，请先执行第一条命令。",
    not_installed="完整报告需要先安装评测所需的软件包：",
    unreadable="最近一次评测的文件无法读取，请重新评测：",
    measures={
        "right": ("答对", "有答案的问题答出全部要点，没有答案的问题拒答"),
        "facts_all": ("要点答全", "有答案的问题中，要点全部答出的比例"),
        "facts_share": ("要点答出率", "有答案的问题中，平均答出几成要点；拒答和出错算零"),
        "evidence_any@5": ("前 5 段有证据", "前 5 段里至少找到一处证据的比例"),
        "evidence_all@5": ("前 5 段证据齐", "前 5 段里找齐全部证据的比例"),
        "evidence_all@10": ("前 10 段证据齐", "前 10 段里找齐全部证据的比例"),
        "recall@1": ("召回率@1", "含证据的段落中，排在第 1 的平均占几成"),
        "recall@5": ("召回率@5", "含证据的段落中，排进前 5 的平均占几成"),
        "recall@10": ("召回率@10", "含证据的段落中，排进前 10 的平均占几成"),
        "mrr@10": ("首个证据名次（MRR@10）", "第一段含证据的段落名次的倒数，排第 1 为 100%，前 10 没有为零"),
        "ndcg@10": ("排序质量（nDCG@10）", "证据越多、越靠前的段落排得越前，数值越高"),
        "evidence_given": ("证据用于作答", "证据中，平均有几成在作答所用的段落里"),
        "quotes_exact": ("引文逐字相符", "回答的引文中，逐字见于报纸的平均占几成"),
        "attributed": ("句句有出处", "回答的句子中，内容见于所引原文的平均占几成（由评测独立核对）"),
        "supported": ("程序自认有据", "回答的句子中，程序自己核对为依据充分的平均占几成"),
        "citation_precision": ("引文切题", "回答的引文中，属于应有证据的平均占几成"),
        "citation_recall": ("证据被引用", "应有的证据中，被回答引用的平均占几成"),
        "refusal_recall": ("该拒则拒", "库里没有答案的问题中，正确拒答的比例"),
        "refusal_precision": ("拒答正确", "拒答的问题中，库里确实没有答案的比例"),
        "wrongly_refused": ("误拒", "库里有答案却拒答的比例"),
        "answered_right": ("作答正确", "给出了回答的问题中，答对的比例"),
        "degraded": ("降级作答", "因语言模型不可用而改用原文摘录的比例"),
        "crashed": ("出错", "运行出错的问题的比例"),
        "length": ("回答长度", "回答字数的中位数"),
        "seconds": ("用时", "答一个问题用时的中位数"),
        "seconds_p95": ("较慢时用时", "95% 的问题用时不超过此数"),
        "seconds_understand": ("理解用时", "理解问题用时的中位数"),
        "seconds_search": ("检索用时", "检索和判断用时的中位数"),
        "seconds_write": ("撰写用时", "撰写回答用时的中位数"),
        "faithfulness": ("忠实于原文", "语言模型评分：回答的说法有几成能由所用段落推出"),
        "relevance": ("切合问题", "语言模型评分：回答有多切合所问"),
    },
    groups={
        "all": "全部",
        "type:single_fact": "单一事实",
        "type:list": "列举",
        "type:why": "原因",
        "type:comparison": "比较",
        "type:definition": "是什么",
        "type:multi_turn": "追问",
        "type:english": "英文提问",
        "type:traditional": "繁体提问",
        "type:misspelt": "有错别字",
        "type:unanswerable": "库中没有",
        "lang:zh": "简体中文",
        "lang:en": "英文",
        "lang:zh-Hant": "繁体中文",
        "split:dev": "调试用",
        "split:test": "评判用",
        "lack:year": "年份不符",
        "lack:place": "地点不符",
        "lack:figure": "没有这个数字",
        "lack:subject": "没有这件事",
        "lack:name": "没有这个人或单位",
        "lack:role": "职务不符",
        "lack:ordinal": "届次不符",
        "lack:off_topic": "与库无关",
    },
    kinds={"type": "题型", "lang": "语言", "split": "用例集", "lack": "没有答案的原因"},
    stages={
        Step.UNDERSTAND.value: "理解",
        Step.SEARCH.value: "检索",
        Step.WRITE.value: "撰写",
        Step.CHECK.value: "核对",
    },
)

EN = Texts(
    html_lang="en",
    other="中文",
    report="Evaluation report",
    quality="Quality of the answers",
    skip="Skip to the cases",
    value="Value",
    interval="95% interval",
    cases="Cases",
    all_cases="All cases",
    by_kind="By group",
    measure_label="Measure",
    meaning="What it says",
    key_figures="Main figures",
    rests_on="{n} cases",
    characters="{n} characters",
    seconds="{n} s",
    milliseconds="{n} ms",
    none="—",
    lower_better="lower is better",
    asked="Of {n} questions asked, {right} were answered right ({share}).",
    answered="Of the {n} that the archive answers, {right} got all the required facts.",
    refused_wrongly="{n} were refused although there is an answer.",
    refused_rightly="Of the {n} that it does not answer, {right} were rightly refused and {rest} were not.",
    refused_all="All {n} that it does not answer were rightly refused.",
    quotes_all="Every quote stands in the newspaper word for word.",
    quotes_some="Quotes that stand in the newspaper word for word: {share} (mean over {n} answers).",
    crashes="{n} questions crashed; they count as wrong.",
    took="An answer usually takes {time}.",
    interval_note="Each figure comes with a 95% bootstrap interval and the number of cases it rests on. The fewer cases, the wider the interval; where two intervals overlap much, do not conclude that one figure is better.",
    rule_of_three="Where all cases agree (all at 100%, say), a bootstrap interval has no width, which does not mean that nothing can go wrong. The rule of three then tells more: with no failure in n cases, the true rate of failures may still be as high as about 3/n, which the tables show as “≥ … (3/n)” or “≤ … (3/n)”.",
    agreement="Whether the language model's marks go with the measures",
    agreement_note="A correlation is from -1 to 1; the nearer to 1, the more the two agree. It is left out where there are too few cases or one of the two never changes. Answers without a mark do not count.",
    judge_and_rule="Mark / measure",
    correlation="Correlation",
    furthest="Cases furthest apart",
    all_measures="All measures",
    plots="Plots",
    nothing_to_draw="This run has nothing to draw here.",
    plot_titles={
        "recall": "Search: how much evidence is in the first k passages",
        "kinds": "Right answers by kind of question",
        "reliability": "Is it as right as it is sure?",
        "risk_coverage": "More answers, more errors?",
        "latency": "Time taken",
        "stages": "Time by step",
    },
    plot_notes={
        "recall": "The mean share of the passages with evidence that are among the first k found. Vertical lines are 95% intervals.",
        "kinds": "Points are shares, lines 95% intervals; the number of cases is in brackets.",
        "reliability": "Across: how sure the program was that the archive has an answer; up: how often it has one. Larger points rest on more cases; on the dashed line is best. For English questions sureness is a similarity, not a probability.",
        "risk_coverage": "The share of wrong answers if only the surest questions were answered. The point is what the program does now: how many it answers, how many of these are wrong.",
        "latency": "From question to finished answer, on a logarithmic scale.",
        "stages": "Points are medians, lines reach to the 95th percentile.",
    },
    k="first k passages",
    recall="recall",
    share_right="share right",
    said_probability="how sure the program was",
    seen_share="how often there is an answer",
    diagonal="perfect",
    error="mean error {error}",
    coverage="share of questions answered",
    risk="share of answers that are wrong",
    operating_point="now: {coverage} answered, {risk} wrong",
    time="milliseconds",
    number_of_cases="cases",
    median="median {time}",
    percentile="95th percentile {time}",
    case_list="Case by case",
    filters="Filter the cases",
    kind="Kind",
    language="Language",
    split="Set",
    outcome="Result",
    evidence="Evidence",
    any_="any",
    search="Search",
    search_hint="words of a question, an answer, an id",
    shown="{shown} of {all} cases shown",
    nothing_matches="No case matches.",
    reset="Reset",
    open_shown="Open these",
    close_all="Close all",
    question="Question",
    history="Questions before",
    understood_as="Understood as",
    answer="The program's answer",
    no_answer="No answer.",
    notice="Remark",
    refused="Refused: no answer was found in the archive.",
    crash="Crash",
    wanted="Expected answer",
    wanted_refusal="A refusal: the archive has no answer.",
    facts="Required facts",
    fact_held="held",
    fact_missing="missing",
    no_facts="None: a refusal is right.",
    lack="What is lacking",
    wanted_evidence="Evidence to be found",
    no_evidence="None: the archive has no answer.",
    found="Passages found",
    found_none="No passage was found.",
    rank="passage {rank}",
    not_found="not found",
    given="given to the answer",
    not_given="not given to the answer",
    cited="cited",
    not_cited="not cited",
    holds_evidence="holds evidence",
    citations="Quotes",
    exact="printed word for word",
    inexact="not as printed",
    hits_evidence="is evidence",
    misses_evidence="not among the evidence listed",
    weak="weakly supported",
    unsupported="unsupported",
    unattributed="what this says is not in what it cites",
    lead="the most direct answer",
    confidence="Sureness",
    judged="Marks by a model",
    notes="Remarks on the way",
    generated="generated case",
    missing={
        "unfound": "some not found",
        "ungiven": "some not given to the answer",
        "uncited": "some not cited",
    },
    outcomes={
        "right": "right",
        "not_right": "not right (all of these)",
        "wrong": "wrong or incomplete",
        "refused": "wrongly refused",
        "unrefused": "should have refused",
        "crashed": "crashed",
    },
    made_with="How this run was made",
    run="Run",
    began="Begun",
    duration="Took",
    version="Program version",
    index="Index",
    made_by="Index made by",
    models="Models",
    settings="Parameters",
    prompts="Prompts (SHA-256)",
    cases_path="Cases",
    cases_hash="SHA-256 of the cases",
    cases_split="Set of cases",
    cases_generated="Of these generated",
    machine="Machine",
    counts="The index holds",
    utc="{date} (UTC)",
    yes="yes",
    no="no",
    last_run="Last run",
    other_index="Note: this run measured another index ({measured}); the one in use is {served}. Measure again: rag eval",
    full_report="Open the full report",
    to_chat="Back to the questions",
    no_run="Nothing has been measured yet.",
    how_to="Run the following on the machine that this program runs on. It takes minutes and needs no network; then reload this page.",
    install="The packages for measuring are not installed yet; run the first command before.",
    not_installed="The full report needs the packages for measuring:",
    unreadable="The files of the last run cannot be read; measure again:",
    measures={
        "right": ("Right", "All required facts where there is an answer, a refusal where there is none"),
        "facts_all": ("All facts", "Answerable questions whose answer holds every required fact"),
        "facts_share": ("Share of facts", "Mean share of the required facts held; none where refused or crashed"),
        "evidence_any@5": (
            "Some evidence in 5",
            "Questions with at least one piece of evidence in the first 5 passages",
        ),
        "evidence_all@5": ("All evidence in 5", "Questions with all their evidence in the first 5 passages"),
        "evidence_all@10": ("All evidence in 10", "Questions with all their evidence in the first 10 passages"),
        "recall@1": ("Recall@1", "Mean share of the passages with evidence that come first"),
        "recall@5": ("Recall@5", "Mean share of the passages with evidence that are among the first 5"),
        "recall@10": ("Recall@10", "Mean share of the passages with evidence that are among the first 10"),
        "mrr@10": (
            "MRR@10",
            "Reciprocal rank of the first passage with evidence: 100% where it comes first, 0 beyond 10",
        ),
        "ndcg@10": ("nDCG@10", "Quality of the order: higher when passages with more evidence stand further up"),
        "evidence_given": (
            "Evidence given",
            "Mean share of the evidence that was in the passages the answer was made from",
        ),
        "quotes_exact": ("Exact quotes", "Mean share of an answer's quotes that are printed word for word"),
        "attributed": (
            "Attributed",
            "Mean share of sentences whose content stands in what they cite, by the suite's own check",
        ),
        "supported": ("Held supported", "Mean share of sentences that the program itself found well supported"),
        "citation_precision": ("Citation precision", "Mean share of an answer's quotes that belong to the evidence"),
        "citation_recall": ("Citation recall", "Mean share of the evidence that the answer cites"),
        "refusal_recall": ("Refused rightly", "Questions without an answer in the archive that were refused"),
        "refusal_precision": ("Refusals right", "Refusals where the archive indeed has no answer"),
        "wrongly_refused": ("Wrongly refused", "Questions with an answer in the archive that were refused"),
        "answered_right": ("Answers right", "Answers given that are right"),
        "degraded": ("Degraded", "Answers that fell back to quotes because the language model was out of order"),
        "crashed": ("Crashed", "Questions that ended in an error"),
        "length": ("Length", "Median length of an answer"),
        "seconds": ("Time", "Median time of an answer"),
        "seconds_p95": ("Time when slow", "95% of the questions took no longer than this"),
        "seconds_understand": ("Understanding", "Median time to understand the question"),
        "seconds_search": ("Searching", "Median time to search and to judge what was found"),
        "seconds_write": ("Writing", "Median time to write the answer"),
        "faithfulness": (
            "Faithfulness",
            "Marked by a language model: share of the claims that follow from the passages",
        ),
        "relevance": ("Relevance", "Marked by a language model: how well the answer fits the question"),
    },
    groups={
        "all": "All",
        "type:single_fact": "Single fact",
        "type:list": "List",
        "type:why": "Why",
        "type:comparison": "Comparison",
        "type:definition": "Definition",
        "type:multi_turn": "Follow-up",
        "type:english": "In English",
        "type:traditional": "Traditional",
        "type:misspelt": "Misspelt",
        "type:unanswerable": "No answer",
        "lang:zh": "Simplified Chinese",
        "lang:en": "English",
        "lang:zh-Hant": "Traditional Chinese",
        "split:dev": "For tuning (dev)",
        "split:test": "For judging (test)",
        "lack:year": "Another year",
        "lack:place": "Another place",
        "lack:figure": "No such figure",
        "lack:subject": "No such matter",
        "lack:name": "No such person or body",
        "lack:role": "Another office",
        "lack:ordinal": "Another ordinal",
        "lack:off_topic": "Off topic",
    },
    kinds={"type": "Kind of question", "lang": "Language", "split": "Set", "lack": "Why there is no answer"},
    stages={
        Step.UNDERSTAND.value: "understand",
        Step.SEARCH.value: "search",
        Step.WRITE.value: "write",
        Step.CHECK.value: "check",
    },
)

TEXTS: Mapping[str, Texts] = {"zh": ZH, "en": EN}
"""By language."""
