"""What people and repositories wrote is shown and does nothing; days and lists read well."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefings.messages.message import LONGEST_SECTION, line, plainly
from briefings.words.words import (
    count,
    cut,
    day,
    days,
    inert,
    listed,
    moment,
    person,
    readable,
    say,
    shorten,
    told,
)
from sandbox import Sandbox
from sandbox.blocks.reading import links, pings, shown
from sandbox.page.mrkdwn import mrkdwn
from sandbox.wire.emoji import with_emoji
from tests.briefings.conftest import MANIFEST
from tests.growth import LINEAR, growth

HOSTILE = (
    "<!channel> <!here|x> <!everyone> <!subteam^S0SRE>",
    "<@U0DANA> and <#C0PAY>",
    "<https://evil.example|click me>",
    "<!date^1^{date}|today>",
    "&lt;!channel&gt; &amp;lt;",
    "*bold* _italic_ ~struck~ `code`",
    "__init__ _a_b_ snake_case __ _",
    "```fenced``` **twice** __twice__ ~~twice~~",
    "> quoted",
    ">>> all quoted",
    "  &gt; quoted",
    "fine\n> quoted\u2028> again\u2029> and again\r\n> more",
    ":tada: :+1: :-1: :100: :été: :wave::skin-tone-2:",
    "at 10:30:15, C:\\path",
    "O'Brien & Söhne <GmbH>",
    "\u202eright to left\u202c \u2066isolated\u2069",
    "\x1b[31mred\x1b[0m\x00\x07",
    "\ue000 private use \uf8ff \ufdd0",
)
MARKS = st.sampled_from([*"*_~`<>&:|!@#^-+ \n\t", "a", "é", "1", "\u2028", "ˍ", "http://x.y"])
marked_up = st.lists(MARKS, max_size=30).map("".join)


class _Nobody:
    def handle_of(self, user_id: str) -> str:
        return user_id

    def channel_name_of(self, channel_id: str) -> str:
        return channel_id

    def group_handle_of(self, group_id: str) -> str:
        return group_id


def _is_powerless(text: str, reader: object) -> None:
    said = str(inert(text))
    assert pings(said) == set()
    assert links(said, verbatim=True) == []
    letters = said.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    assert shown(said, _Nobody()) == letters
    assert with_emoji(said) == said
    drawn = mrkdwn(say_like(said), reader, verbatim=True)  # type: ignore[arg-type]  # it needs no more of a reader
    assert "<" not in drawn


def say_like(mrkdwn_text: str) -> str:
    """As a template would put it at the beginning of a line."""
    return "\n".join(" ".join(each.split()) for each in mrkdwn_text.splitlines())


@pytest.fixture(scope="module")
def reader() -> object:
    """Draws for nobody in particular: nothing inert may ever ask who is meant."""
    return object()


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_do_nothing(text: str, reader: object) -> None:
    _is_powerless(text, reader)


@given(marked_up)
def test_no_combination_of_marks_does_anything(text: str) -> None:
    _is_powerless(text, object())


@given(st.text(max_size=60))
def test_no_text_at_all_does_anything(text: str) -> None:
    _is_powerless(text, object())


@pytest.mark.parametrize(
    ("text", "looks"),
    [
        ("O'Brien & Söhne", "O'Brien &amp; Söhne"),
        ("snake_case in src/a_b/**", "snake_case in src/a_b/∗∗"),
        ("__init__.py", "ˍˍinitˍˍ.py"),
        ("10:30:15", "10:30:15"),
        (":100:", "꞉100:"),
        ("a > b", "a &gt; b"),
        ("> b", "› b"),
    ],
)
def test_inert_words_still_look_like_themselves(text: str, looks: str) -> None:
    assert inert(text) == looks


@pytest.mark.parametrize("mark", [":a", "_", "<", ":", "*a", "> ", " ", "a", ":aaaa", "_ "])
def test_eight_times_the_text_takes_nowhere_near_the_square_of_it(mark: str) -> None:
    assert growth(lambda size: inert(mark * size), 2_000, runs=7) < LINEAR


def test_templates_escape_what_they_are_given_and_not_what_they_say() -> None:
    said = say("help.unknown", word="<!channel> *x*", nearest="claim")
    assert said == (
        "I do not know “&lt;!channel&gt; ∗x∗”. Did you mean `/debt claim`? "
        "`/debt help` lists what I do."
    )


async def test_hostile_words_reach_slack_inert() -> None:
    async with Sandbox(MANIFEST) as slack:
        general = slack.channel("general")
        for text in HOSTILE:
            blocks = plainly(inert(text)).payload()["blocks"]
            posted = slack.workspace.post(general, slack.workspace.bot.id, inert(text), blocks)
            assert (posted.pings, posted.links) == (set(), [])


# ------------------------------------------------------------------------------- lengths


@given(st.text(max_size=50), st.integers(1, 20))
def test_shorten_keeps_to_its_length_and_one_line(text: str, length: int) -> None:
    short = shorten(text, length)
    assert len(short) <= length
    assert len(short.splitlines()) <= 1
    flat = " ".join(text.split())
    if text.isprintable() and len(flat) <= length:
        assert short == flat


def test_what_is_left_out_leaves_an_ellipsis() -> None:
    assert shorten("a long name\nindeed", 30) == "a long name indeed"
    assert shorten("a long name indeed", 8) == "a long…"
    assert shorten("abcdef", 1) == "…"


@pytest.mark.parametrize("end", ["&amp;", "&lt;", str(day(date(2026, 11, 30)))])
def test_a_cut_leaves_no_half_of_anything(end: str) -> None:
    for length in range(10, 10 + len(end)):
        said = cut("x" * 9 + end + "y" * 50, length)
        assert len(said) <= length
        assert said.rstrip("…").rstrip("x") in {"", end}


def test_a_section_of_any_length_fits() -> None:
    assert len(line("&amp;" * 2_000).to_dict()["text"]["text"]) <= LONGEST_SECTION


# ---------------------------------------------------------------------------------- days


@pytest.mark.parametrize(
    "zone",
    ["Pacific/Honolulu", "America/Los_Angeles", "UTC", "Europe/Berlin", "Asia/Kolkata",
     "Asia/Tokyo", "Australia/Sydney", "Pacific/Auckland"],
)  # fmt: skip
def test_a_day_is_that_day_wherever_it_is_read(zone: str) -> None:
    value = date(2026, 1, 1)
    while value < date(2027, 1, 1):
        seconds = int(day(value).split("^")[1])
        assert datetime.fromtimestamp(seconds, ZoneInfo(zone)).date() == value
        value += timedelta(days=1)


def test_a_day_reads_well_where_tokens_are_not_understood() -> None:
    assert day(date(2026, 11, 3)) == "<!date^1793700000^{date_short}|Nov 3, 2026>"
    assert readable(f"ends {day(date(2026, 11, 3))}") == "ends Nov 3, 2026"
    at = datetime(2026, 11, 30, 9, 30, tzinfo=ZoneInfo("Europe/Berlin"))
    assert readable(moment(at)) == "Nov 30, 2026, 08:30 UTC"
    assert int(moment(at).split("^")[1]) == datetime(2026, 11, 30, 8, 30, tzinfo=UTC).timestamp()


def test_what_was_done_is_told_with_its_days_as_days() -> None:
    assert told("extended to 2026-11-03") == f"extended to {day(date(2026, 11, 3))}"
    assert told("from 2026-11-03 to 2026-11-04, <!here>") == (
        f"from {day(date(2026, 11, 3))} to {day(date(2026, 11, 4))}, &lt;!here&gt;"
    )
    for as_it_is in ("2026-11-31", "12026-11-03", "1.5 h logged", ""):
        assert told(as_it_is) == as_it_is


# --------------------------------------------------------------------------------- words


def test_lists_and_counts_read_as_in_a_sentence() -> None:
    assert listed(["owner"]) == "owner"
    assert listed(["owner", "purpose"]) == "owner and purpose"
    assert listed(["a", "b", "<c>"]) == "a, b and &lt;c&gt;"
    assert (days(1), days(0), days(14)) == ("1 day", "0 days", "14 days")
    assert (count(1, "artifact"), count(1_200, "artifact")) == ("1 artifact", "1,200 artifacts")


def test_only_an_id_becomes_a_mention() -> None:
    assert person("U0DANA") == "<@U0DANA>"
    assert person("W0DANA") == "<@W0DANA>"
    assert person(None) == "nobody"
    assert person("dana@acme.example") == "dana@acme.example"
    assert person("U0DANA> <!channel") == "U0DANA&gt; &lt;!channel"
    assert person("U0DANA\n") == "U0DANA "


def test_readable_takes_the_markup_off_and_leaves_the_words() -> None:
    said = (
        "*Payment worker* (D-1) of <@U0DANA> in <#C0PAY>\n_Listed before._ a_b &lt;x&gt; &amp;lt;"
    )
    assert readable(said) == (
        "Payment worker (D-1) of @U0DANA in #C0PAY\nListed before. a_b <x> &lt;"
    )
