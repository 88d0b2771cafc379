"""What to fix first: filtered, ranked, paged, each row with its next action."""

from datetime import date

import pytest

from sandbox import Person, Sandbox
from tests.bot.conftest import Ledger, on_both_databases


async def names(person: Person, words: str) -> list[str]:
    """The names on the list, from the top."""
    reply = await person.types(f"/debt list {words}")
    return [row.split(" (D-")[0] for row in reply.text.splitlines() if " (D-" in row]


@pytest.fixture
async def register(ledger: Ledger, slack: Sandbox) -> Ledger:
    sam = slack.person("sam").id
    await ledger.add(name="Overdue", expires_on=date(2026, 11, 1), review_on=date(2027, 1, 1))
    await ledger.add(name="Unreviewed", owner=sam, review_on=date(2026, 11, 1))
    await ledger.add(name="Expiring", owner=sam, expires_on=date(2026, 11, 28))
    await ledger.add(name="Orphan", owner=None)
    await ledger.add(name="Risky", owner=sam, risk=5, repo="acme/ledger")
    await ledger.add(name="Vague", owner=sam, purpose="tbd", team="data platform")
    return ledger


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("overdue", {"Overdue", "Unreviewed"}),
        ("expiring", {"Expiring"}),
        ("orphans", {"Orphan"}),
        ("high-risk", {"Risky"}),
        ("HIGH-RISK", {"Risky"}),
        ("mine", {"Overdue"}),
        ("provisional", {"Orphan", "Vague"}),
        ("team:payments overdue", {"Overdue", "Unreviewed"}),
        ('team:"data platform"', {"Vague"}),
        ("team:“data platform”", {"Vague"}),
        ("repo:acme/ledger", {"Risky"}),
        ("risky", {"Risky"}),
        ("D-3", {"Expiring"}),
        ("acme/led", {"Risky"}),
        ("vag team:payments", set()),
        ("overdue mine", {"Overdue"}),
        ("dana", {"Overdue"}),
        ("@dana", {"Overdue"}),
        ("DANA over", {"Overdue"}),
    ],
)
async def test_each_filter_scope_and_word_narrows_the_list(
    words: str, found: set[str], dana: Person, register: Ledger
) -> None:
    await dana.types("/debt help")  # now the register knows her name
    assert set(await names(dana, words)) == found


@on_both_databases
async def test_everything_ranked_with_the_costliest_risk_first(
    dana: Person, ledger: Ledger
) -> None:
    await ledger.add(name="Quiet", frequency=1, complexity=1, risk=1, friction=1)
    await ledger.add(name="Loud", frequency=5, complexity=5, risk=5, friction=5)
    await ledger.add(name="Middling", frequency=3, complexity=3, risk=3, friction=3)
    await ledger.ended(name="Gone", frequency=5, complexity=5, risk=5, friction=5)
    assert await names(dana, "") == ["Loud", "Middling", "Quiet"]


async def test_a_row_says_why_it_is_there_and_what_to_do(dana: Person, register: Ledger) -> None:
    row = (await dana.types("/debt list D-1")).message
    assert "What to fix first: D-1" in row.shown
    assert "Overdue (D-1): extend it with a reason, or retire it" in row.shown
    assert "expired 23 days ago · score 54: changes a few times a month, internal" in row.shown
    assert row.buttons == ["Extend"]
    form = (await dana.clicks(row, "Extend")).form
    assert form is not None
    assert form.values["Artifact"] == "D-1 Overdue"


async def test_what_will_not_stay_is_marked_ephemeral(dana: Person, ledger: Ledger) -> None:
    await ledger.add(kind="throwaway_script")
    assert "· ephemeral" in (await dana.types("/debt list")).text


async def test_the_list_is_for_the_person_alone(
    dana: Person, sam: Person, register: Ledger
) -> None:
    before = len(sam.reads("payments"))
    assert (await dana.types("/debt list", channel="payments")).ephemeral
    assert len(sam.reads("payments")) == before


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("team:nobody", "Nothing on the register matches that."),
        ("overdo", "Nothing on the register matches that. Did you mean overdue?"),
        ("orphan's", "Did you mean orphans?"),
        ("expired", "Did you mean overdue?"),
        ("high risk", "Did you mean high-risk?"),
        ("team ledger", "Did you mean team:ledger?"),
        ("proposed", "Nothing that a scan proposed waits for an answer."),
        ("%", "Nothing on the register matches that."),
        ("_", "Nothing on the register matches that."),
        ("'; DROP TABLE artifact; --", "Nothing on the register matches that."),
    ],
)
async def test_an_empty_list_says_so(words: str, said: str, dana: Person, register: Ledger) -> None:
    assert said in (await dana.types(f"/debt list {words}")).text


async def test_pages_follow_each_other_without_gap_or_repeat(dana: Person, ledger: Ledger) -> None:
    for number in range(18):
        await ledger.add(name=f"Script {number:02}")
    page = (await dana.types("/debt list script")).message
    seen = []
    while True:
        rows = [row.split(" (D-")[0] for row in page.shown.splitlines() if " (D-" in row]
        seen += rows
        if "Next page" not in page.buttons:
            break
        assert len(rows) == 8
        await dana.clicks(page, "Next page")
    assert seen == [f"Script {number:02}" for number in reversed(range(18))]


async def test_a_page_goes_on_where_it_was_though_the_register_moves(
    dana: Person, ledger: Ledger
) -> None:
    made = [await ledger.add(name=f"Script {number:02}") for number in range(9)]
    page = (await dana.types("/debt list")).message
    await ledger.add(name="New and loud", frequency=5, complexity=5, risk=5)
    await ledger.amend(made[8], name="Renamed meanwhile")
    await dana.clicks(page, "Next page")
    rows = [row.split(" (D-")[0] for row in page.shown.splitlines() if " (D-" in row]
    assert rows == ["Script 00"]


async def test_words_are_shown_as_they_were_typed(dana: Person, register: Ledger) -> None:
    await register.add(name="R&D <draft>")
    reply = await dana.types("/debt list r&d <draft>")
    assert "What to fix first: r&d <draft>" in reply.text
    assert "R&D <draft> (D-7)" in reply.text
