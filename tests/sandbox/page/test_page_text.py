"""What texts become on the page: Slack's markup and nothing else, in the reader's zone."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from sandbox import Sandbox
from sandbox.page.mrkdwn import mrkdwn
from sandbox.page.reader import Reader
from sandbox.page.rich_text import rich_text
from sandbox.wire.emoji import EMOJI
from sandbox.wire.moments import day_name, next_monday, worded

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
NINE = 1_795_512_600  # 2026-11-24 09:30 UTC


@pytest.fixture
def dana(slack: Sandbox) -> Reader:
    return Reader(slack.workspace, slack.workspace.user("dana"), NOW)


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("*bold* _it_ ~gone~", "<b>bold</b> <i>it</i> <s>gone</s>"),
        ("*bold _and it_*", "<b>bold <i>and it</i></b>"),
        ("2*3*4 snake_case_name", "2*3*4 snake_case_name"),
        ("* not bold * **nor this**", "* not bold * **nor this**"),
        ("*two\nlines*", "*two\nlines*"),
        ("`*as it is*`", "<code>*as it is*</code>"),
        ("```\na &lt;b&gt;\n*c*\n```", "<pre>a &lt;b&gt;\n*c*</pre>"),
        ("a &amp; b &lt;i&gt; &quot;", "a &amp; b &lt;i&gt; &amp;quot;"),
        ("<b>a token that means nothing</b>", "ba token that means nothing/b"),
        ("&gt; said\nnot", "<blockquote>said</blockquote>not"),
        ("&gt;&gt;&gt; all\nof it", "<blockquote>all\nof it</blockquote>"),
        (":tada: :no_such: 10:30:00", "🎉 :no_such: 10:30:00"),
        ("# heading\n- item\n[a](b)", "# heading\n- item\n[a](b)"),
        ("<!here>", '<span class="mention mine">@here</span>'),
        ("", ""),
    ],
)
def test_mrkdwn(dana: Reader, text: str, html: str) -> None:
    assert mrkdwn(text, dana) == html


def test_links_lead_to_the_web_and_nowhere_else(dana: Reader) -> None:
    anchor = '<a href="{}" target="_blank" rel="noreferrer noopener">{}</a>'
    assert mrkdwn("<https://a.example/?b=1&amp;c|*x* &amp; y>", dana) == anchor.format(
        "https://a.example/?b=1&amp;c", "*x* &amp; y"
    )
    bare = anchor.format("https://a.example/x", "https://a.example/x")
    assert mrkdwn("see https://a.example/x.", dana) == f"see {bare}."
    assert mrkdwn("https://a.example", dana, verbatim=True) == "https://a.example"
    assert mrkdwn("<javascript:alert(1)|press>", dana) == "press"
    assert mrkdwn("<mailto:a@b.example>", dana) == anchor.format(
        "mailto:a@b.example", "a@b.example"
    )


def test_names_for_ids_and_secrets_kept(dana: Reader, slack: Sandbox) -> None:
    erin, payments = slack.person("erin"), slack.channel("payments")
    leadership = slack.channel("leadership")
    shown = mrkdwn(f"<@{dana.user.id}> <@{erin.id}|x> <#{payments.id}> <@U0GONE>", dana)
    assert '<span class="mention mine">@dana</span>' in shown
    assert '<span class="mention" title="Erin Walsh">@erin</span>' in shown
    assert f'data-channel="{payments.id}">#payments</a>' in shown
    assert ">@U0GONE</span>" in shown
    assert "leadership" not in mrkdwn(f"<#{leadership.id}|leadership>", dana)


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ("{date_num} {time}", "2026-11-24 4:30 AM"),
        ("{date_long} at {time_secs}", "Tuesday, November 24th at 4:30:00 AM"),
        ("{date_short_pretty}", "Today"),
        ("due {date_pretty}", "Due today"),
        ("{date_slash}, {ago}", "11/24/2026, 2 hours ago"),
    ],
)
def test_dates_are_the_readers(dana: Reader, form: str, said: str) -> None:
    shown = mrkdwn(f"<!date^{NINE}^{form}|fallback &lt;>", dana)
    assert shown == f'<time title="fallback &lt;">{said}</time>'


def test_a_date_that_makes_no_sense_falls_back(dana: Reader) -> None:
    assert mrkdwn("<!date^soon^{date}|later>", dana) == "later"
    assert mrkdwn(f"<!date^{NINE}^{{moon}}|later>", dana) == "later"
    linked = mrkdwn(f"<!date^{NINE}^{{date}}^https://a.example|later>", dana)
    assert linked.startswith('<a href="https://a.example"')


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ("{date}", "May 1st, 2026"),
        ("{date_short}", "May 1, 2026"),
        ("{date_pretty}", "May 1st, 2026"),
    ],
)
def test_the_year_where_it_could_be_mistaken(form: str, said: str) -> None:
    may = datetime(2026, 5, 1, 12, tzinfo=UTC).timestamp()
    assert worded(form, may, ZoneInfo("UTC"), NOW) == said


def test_days_have_names() -> None:
    today = NOW.date()
    assert day_name(today, today) == "Today"
    assert day_name(today.replace(day=23), today) == "Yesterday"
    assert day_name(today.replace(day=2), today) == "Monday, November 2nd"
    assert day_name(today.replace(year=2025), today) == "Monday, November 24th, 2025"


@pytest.mark.parametrize(
    ("now", "zone", "monday"),
    [
        ("2026-11-24T12:00:00+00:00", "UTC", "2026-11-30T09:30:00+00:00"),
        ("2026-11-30T09:29:00+00:00", "UTC", "2026-11-30T09:30:00+00:00"),
        ("2026-11-30T09:30:00+00:00", "UTC", "2026-12-07T09:30:00+00:00"),
        ("2026-11-29T20:00:00+00:00", "Pacific/Auckland", "2026-11-30T09:30:00+13:00"),
        ("2026-03-28T12:00:00+01:00", "Europe/Berlin", "2026-03-30T09:30:00+02:00"),
    ],
)
def test_the_next_monday(now: str, zone: str, monday: str) -> None:
    found = next_monday(datetime.fromisoformat(now), ZoneInfo(zone))
    assert found == datetime.fromisoformat(monday)


def _rich(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "rich_text", "elements": list(elements)}


def _section(*elements: dict[str, Any], kind: str = "section") -> dict[str, Any]:
    return {"type": f"rich_text_{kind}", "elements": list(elements)}


def test_rich_text(dana: Reader, slack: Sandbox) -> None:
    words = {"type": "text", "text": "<x> *y*", "style": {"bold": True, "code": True}}
    named = {"type": "user", "user_id": slack.person("erin").id}
    shown = rich_text(_rich(_section(words, named, {"type": "emoji", "name": "tada"})), dana)
    assert shown.startswith('<div class="rich"><code><b>&lt;x&gt; *y*</b></code>')
    assert shown.endswith("@erin</span>🎉</div>")


def test_rich_lists_quotes_and_code(dana: Reader) -> None:
    one = {"type": "text", "text": "one"}
    listed = {**_section(_section(one), kind="list"), "style": "ordered", "indent": 1, "offset": 2}
    shown = rich_text(
        _rich(listed, _section(one, kind="quote"), _section(one, kind="preformatted")), dana
    )
    assert '<ol class="rich indent-1" start="3"><li>one</li></ol>' in shown
    assert shown.endswith("<blockquote>one</blockquote><pre>one</pre>")


def test_rich_links_dates_and_the_rest(dana: Reader) -> None:
    link = {"type": "link", "url": "javascript:alert(1)", "text": "press"}
    date = {"type": "date", "timestamp": NINE, "format": "{time}", "fallback": "then"}
    flag = {"type": "emoji", "name": "unheard_of", "unicode": "1f3c1"}
    shown = rich_text(
        _rich(_section(link, date, flag, {"type": "broadcast", "range": "here"})), dana
    )
    assert "javascript" not in shown
    assert "4:30 AM" in shown
    assert "🏁" in shown
    assert "@here" in shown


def test_emoji_are_listed_once() -> None:
    assert len(EMOJI) > 180
    assert not [name for name in EMOJI if name != name.lower()]
