"""What a person sees of mrkdwn and blocks, and what would ping or link."""

from typing import Any

import pytest

from sandbox import Sandbox
from sandbox.blocks import reading
from sandbox.wire.wire import id_of

DANA, SRE, PAYMENTS = id_of("U", "dana"), id_of("S", "sre"), id_of("C", "payments")


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("*D-7* is _yours_ ~not~ `now`", "D-7 is yours not now"),
        ("2 * 3 * 4 and snake_case_name", "2 * 3 * 4 and snake_case_name"),
        ("a &lt; b &amp;&amp; c", "a < b && c"),
        ("&amp;lt;", "&lt;"),
        (f"hi <@{DANA}>, see <#{PAYMENTS}|x>", "hi @dana, see #payments"),
        (f"<!subteam^{SRE}> and <!here> and <!channel>", "@sre and @here and @channel"),
        ("<https://x.example/?a=1&amp;b=2|the *page*>", "the *page*"),
        ("due <!date^1764500000^{date_short}|Nov 30>", "due Nov 30"),
        ("`<@U1> *raw*`", "<@U1> *raw*"),
        (f"in <#{PAYMENTS}> say `/debt` to <@{DANA}>", "in #payments say /debt to @dana"),
        ("&lt;!channel&gt;", "<!channel>"),
        ("it&#39;s", "it&#39;s"),
    ],
)
def test_text_as_read(slack: Sandbox, written: str, seen: str) -> None:
    assert reading.shown(written, slack.workspace) == seen


@pytest.mark.parametrize(
    ("written", "whom"),
    [
        (f"<@{DANA}> and <!subteam^{SRE}|@sre>", {DANA, SRE}),
        ("<!channel> <!here|here> <!everyone>", {"channel", "here", "everyone"}),
        ("&lt;!channel&gt; @here <https://x.example|@here>", set()),
    ],
)
def test_whom_text_pings(written: str, whom: set[str]) -> None:
    assert reading.pings(written) == whom


def test_links_marked_and_bare() -> None:
    assert reading.links("<https://a.example/?x&amp;y|a> https://b.example <@U1>") == [
        "https://a.example/?x&y",
        "https://b.example",
    ]
    assert reading.links("<https://a.example> https://b.example", verbatim=True) == [
        "https://a.example"
    ]


def test_plain_text_neither_pings_nor_formats(slack: Sandbox) -> None:
    said = {"type": "plain_text", "text": "*<!channel>* https://x.example"}
    message = slack.workspace.post(
        slack.channel("payments"), slack.workspace.bot.id, "x", [{"type": "section", "text": said}]
    )
    assert message.shown == "*<!channel>* https://x.example"
    assert message.pings == set()
    assert message.links == []


def test_blocks_line_by_line(slack: Sandbox) -> None:
    def plain(text: str) -> dict[str, Any]:
        return {"type": "plain_text", "text": text}

    go = {"type": "button", "text": plain("Go"), "url": "https://go.example"}
    rich = [
        {"type": "text", "text": "*as is* "},
        {"type": "user", "user_id": DANA},
        {"type": "broadcast", "range": "here"},
        {"type": "link", "url": "https://l.example", "text": "there"},
    ]
    blocks: list[dict[str, Any]] = [
        {"type": "header", "text": plain("Title")},
        {"type": "divider"},
        {"type": "section", "text": {"type": "mrkdwn", "text": "*bold*"}, "accessory": go},
        {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": rich}]},
        {"type": "table", "rows": [[{"type": "raw_text", "text": t} for t in ("a", "b")]]},
        {"type": "context", "elements": [{"type": "mrkdwn", "text": f"<@{DANA}>"}]},
    ]
    message = slack.workspace.post(slack.channel("payments"), slack.workspace.bot.id, "x", blocks)
    assert message.shown.splitlines() == [
        "Title",
        "bold [Go]",
        "*as is* @dana@herethere",
        "a | b",
        "@dana",
    ]
    assert message.pings == {DANA, "here"}
    assert message.links == ["https://l.example", "https://go.example"]
    assert message.buttons == ["Go"]
