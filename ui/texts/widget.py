"""The texts of the widget, of what its channels answer, and of the demonstration."""

from __future__ import annotations

from dataclasses import dataclass

from ui.texts.chat import Language


@dataclass(frozen=True, slots=True)
class WidgetTexts:
    """The widget's texts in one language. The panel's script is given all of them."""

    new: str
    new_label: str
    close: str
    back: str
    reader: str
    tab: str
    context: str
    context_use: str
    context_drop: str
    waiting_for_token: str
    no_token: str
    no_host: str
    no_connection: str
    reader_failed: str

    no_channel: str
    channels_failed: str
    wrong_secret: str
    token_needed: str
    token_expired: str
    too_many: str
    no_article: str
    no_demo: str

    demo: str
    demo_notice: str
    demo_union: str
    demo_nav: tuple[str, ...]
    demo_news: str
    demo_items: tuple[tuple[str, str], ...]
    demo_article: str
    demo_body: tuple[str, ...]
    demo_about: str
    how: str
    how_plain: str
    how_plain_about: str
    how_inline: str
    how_inline_about: str
    how_frame: str
    how_frame_about: str
    how_vue: str
    how_vue_about: str
    how_link: str
    how_link_about: str
    how_token: str
    how_token_about: str
    how_server: str
    how_page: str


ZH = WidgetTexts(
    new="新对话",
    new_label="清空，开始新对话",
    close="关闭",
    back="返回回答",
    reader="报道全文",
    tab="在新标签页打开",
    context="本页内容：",
    context_use="就此提问",
    context_drop="不限定范围",
    waiting_for_token="正在确认身份……",
    no_token="没能确认你的身份，请刷新页面后再试。",
    no_host="这个入口需要登录，请从单位内网的页面打开。",
    no_connection="连不上服务器，请检查网络后再发送。",
    reader_failed="报道没有打开，请重试。",
    no_channel="没有这个入口：请管理员用 rag channel list 查看已有的渠道。",
    channels_failed="渠道设置读不出来，请管理员查看服务器日志。",
    wrong_secret="渠道密钥不对：请用 rag channel add 或 rotate 时显示的那一个。",
    token_needed="需要登录凭证，请从单位内网的页面打开。",
    token_expired="登录凭证已过期，请刷新页面。",
    too_many="提问太频繁了，请 {seconds} 秒后再试。",
    no_article="报道库中没有页面所说的那篇报道，请去掉范围后再问。",
    no_demo="演示页没有开放：只在本机可看；要让别处也能看，请设 RAG_DEMO=true。",
    demo="演示：内网页面里的问答小窗",
    demo_notice="这是虚构的内网页面，只用来演示右下角的小窗。",
    demo_union="某市总工会办公网",
    demo_nav=("首页", "通知公告", "工作动态", "政策文件", "职工服务", "通讯录"),
    demo_news="通知公告",
    demo_items=(
        ("关于报送第三季度职工之家建设情况的通知", "09-26"),
        ("关于开展新就业形态劳动者入会集中行动的通知", "09-18"),
        ("暑期托管班工作总结座谈会安排", "09-05"),
        ("关于征集工会工作创新案例的函", "08-29"),
    ),
    demo_article="关于征集工会工作创新案例的函",
    demo_body=(
        "各县（市、区）总工会：为总结推广基层经验，现征集工会工作创新案例。案例应写明背景、做法、成效，并注明所引数据的出处。",
        "撰写前可先查一查外地同类做法：点右下角“问”，就报道提问，回答逐句带出处，可直接复制引文。",
    ),
    demo_about="小窗由一行脚本加入，与本页样式互不影响。",
    how="放进自己的页面",
    how_plain="普通页面",
    how_plain_about="把这一行放在 </body> 之前。渠道要先建好：rag channel add oa --origin https://内网地址",
    how_inline="放在页面的一个位置里",
    how_inline_about="data-target 是容器的选择器，容器的高度由页面定。",
    how_frame="只用 iframe",
    how_frame_about="不用脚本也能嵌入；没有右下角的按钮，也没有与页面的联系。",
    how_vue="Vue 3 页面",
    how_vue_about="挂载时加入，卸载时收走。",
    how_link="企业微信、钉钉工作台",
    how_link_about="在工作台新建网页应用，主页地址填这个链接。它在应用里整页打开，不受 frame-ancestors 限制，"
    "所以只能用免登录的渠道（--anonymous），并且服务器只应在单位网络里可达。",
    how_token="需要登录的渠道",
    how_token_about="由内网的服务器用密钥换取十分钟有效的凭证，交给页面；密钥不能出现在页面里，凭证不能出现在网址里。",
    how_server="内网的服务器：确认用户身份之后",
    how_page="页面：/my/rag-token 由内网自己的服务器提供，返回上面的 token",
)

EN = WidgetTexts(
    new="New",
    new_label="Clear, and begin a new conversation",
    close="Close",
    back="Back to the answer",
    reader="Whole report",
    tab="Open in a new tab",
    context="This page: ",
    context_use="Ask about it",
    context_drop="Ask about all reports",
    waiting_for_token="Signing in …",
    no_token="You could not be signed in; reload the page and try again.",
    no_host="This entrance needs a sign-in; open it from your intranet's page.",
    no_connection="The server cannot be reached; check the network and send again.",
    reader_failed="The report did not open; try again.",
    no_channel="There is no such entrance; rag channel list tells the channels there are.",
    channels_failed="The channels cannot be read; the server's log says why.",
    wrong_secret="The channel's secret is wrong; it is the one that rag channel add or rotate showed.",
    token_needed="A token is needed; open this from your intranet's page.",
    token_expired="The token has expired; reload the page.",
    too_many="Too many questions; try again in {seconds} s.",
    no_article="The archive does not hold the report that the page names; ask about all reports.",
    no_demo="The demonstration is closed: only this machine sees it, unless RAG_DEMO=true is set.",
    demo="Demonstration: the panel in an intranet page",
    demo_notice="A made-up intranet page, to show the panel at the bottom right.",
    demo_union="City Federation of Trade Unions",
    demo_nav=("Home", "Notices", "News", "Documents", "Services", "Directory"),
    demo_news="Notices",
    demo_items=(
        ("Workers' homes: reports for the third quarter", "09-26"),
        ("New forms of employment: joining the union", "09-18"),
        ("Summer childcare: review meeting", "09-05"),
        ("Call for examples of good union work", "08-29"),
    ),
    demo_article="Call for examples of good union work",
    demo_body=(
        (
            "To all county federations: please send examples of good work, with background, practice and results, and with the "
            "source of every figure."
        ),
        "See first what others do: press the button at the bottom right and ask the reports. Every sentence comes with its source.",
    ),
    demo_about="One line of script adds the panel; neither touches the other's looks.",
    how="In a page of your own",
    how_plain="A plain page",
    how_plain_about="Put this line before </body>. Make the channel first: rag channel add oa --origin https://YOUR-INTRANET",
    how_inline="At a place in the page",
    how_inline_about="data-target selects the container; the page sets its height.",
    how_frame="As an iframe alone",
    how_frame_about="Without any script; there is no button then, and no word between page and panel.",
    how_vue="A Vue 3 page",
    how_vue_about="Added when mounted, taken away when unmounted.",
    how_link="WeCom and DingTalk workbenches",
    how_link_about="Make a web application in the workbench with this link as its home page. It opens as a whole page, to which "
    "frame-ancestors does not apply, so the channel must be an anonymous one (--anonymous) and the server reachable from your network only.",
    how_token="Channels with a sign-in",
    how_token_about="Your server exchanges the secret for a token good for ten minutes and hands it to the page; the secret "
    "never stands in a page, the token never in an address.",
    how_server="your server, once it knows who the user is",
    how_page="the page; /my/rag-token is your own server's and returns the token from above",
)

TEXTS: dict[Language, WidgetTexts] = {"zh": ZH, "en": EN}
