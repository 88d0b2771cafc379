"""A channel's weekly digest: its scope, its time, what stands in its way."""

import itertools
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.process.process import Process
from debt.scope import Scope, ScopeKind
from sandbox import Person, Sandbox
from storage.digests import subscriptions
from storage.tables import Subscription
from tests.bot.conftest import MONDAY, Ledger, on_both_databases


async def kept(ledger: Ledger, slack: Sandbox, channel: str) -> Subscription | None:
    async with ledger.store.read() as session:
        return await subscriptions.subscription(session, slack.channel(channel).id)


@pytest.fixture(autouse=True)
async def register(ledger: Ledger) -> None:
    await ledger.add()
    await ledger.add(team="data platform", service="billing")


@on_both_databases
async def test_subscribe_alone_takes_everything_on_monday_in_my_own_zone(
    dana: Person, slack: Sandbox, ledger: Ledger
) -> None:
    reply = await dana.types("/debt subscribe", channel="payments")
    assert "This channel gets the digest of everything each Monday at 09:30" in reply.text
    assert "(America/New_York). The next one: Nov 30, 2026, 14:30 UTC" in reply.text
    assert "A week with nothing to say says nothing" in reply.text
    subscription = await kept(ledger, slack, "payments")
    assert subscription is not None
    assert subscription.subscriber == dana.id
    assert subscription.next_at == datetime(2026, 11, 30, 14, 30, tzinfo=UTC)


async def test_the_four_words_may_come_in_any_order(dana: Person) -> None:
    said = set()
    for words in itertools.permutations(("team:payments", "thursday", "16:15", "Europe/Berlin")):
        reply = await dana.types(f"/debt subscribe {' '.join(words)}", channel="payments")
        said.add(reply.text.partition(" The next one")[0])
    assert said == {
        "✓ This channel gets the digest of team payments each Thursday at 16:15 (Europe/Berlin)."
    }


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("fridays", "everything each Friday at 09:30"),
        ("tue, 8.05", "everything each Tuesday at 08:05"),
        ("europe/kyiv", "at 09:30 (Europe/Kyiv)"),
        ("all 23:59 UTC", "everything each Monday at 23:59 (UTC)"),
        ("repo:acme/checkout", "the digest of repo acme/checkout"),
        ("service:billing", "the digest of service billing"),
        ('team:"data platform" wed', "the digest of team data platform each Wednesday"),
    ],
)
async def test_each_part_may_be_said_alone(words: str, said: str, dana: Person) -> None:
    assert said in (await dana.types(f"/debt subscribe {words}", channel="payments")).text


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("team:payment", "Nothing on the register is in team:payment. Did you mean team:payments?"),
        ("team:xyzzy", "Nothing on the register is in team:xyzzy."),
        ("repo:acme/nowhere", "Nothing on the register is in repo:acme/nowhere."),
        ("25:00", "“25:00” is not a time of day. Say 09:30."),
        ("Europe/Berlim", "Did you mean Europe/Berlin?"),
        (
            "whenever",
            "I cannot read “whenever”: it is no scope (all, team:x, repo:x, service:x, train:x)",
        ),
        ("team:", "I cannot read “team"),
    ],
)
async def test_what_cannot_be_understood_is_named(
    words: str, why: str, dana: Person, slack: Sandbox, ledger: Ledger
) -> None:
    reply = await dana.types(f"/debt subscribe {words}", channel="payments")
    assert why in reply.text
    assert await kept(ledger, slack, "payments") is None


async def test_a_channel_the_bot_is_not_in_is_refused(dana: Person) -> None:
    reply = await dana.types("/debt subscribe", channel="random")
    assert "I am not in this channel yet. Invite me with /invite first." in reply.text


async def test_a_private_channel_the_bot_cannot_see_is_refused(
    dana: Person, slack: Sandbox
) -> None:
    slack.add_channel("secret", members=["dana"], bot=False, is_private=True)
    reply = await dana.types("/debt subscribe", channel="secret")
    assert "I cannot see this channel yet. Invite me with /invite first." in reply.text


async def test_a_channel_shared_with_another_organization_is_refused(lena: Person) -> None:
    reply = await lena.types("/debt subscribe", channel="partners")
    assert "shared with another organization, so the register stays out of it" in reply.text


async def test_an_archived_channel_is_refused(dana: Person, slack: Sandbox) -> None:
    """Archived between typing and asking."""
    receipt = (await dana.types("/debt subscribe", channel="growth")).message
    form = (await dana.clicks(receipt, "Change")).form
    assert form is not None
    slack.archive("growth")
    assert "This channel is archived." in (await form.submit()).errors.values()


async def test_a_direct_message_is_no_place_for_a_digest(dana: Person) -> None:
    reply = await dana.types("/debt subscribe", channel="@bot")
    assert "A digest belongs in a channel" in reply.text
    assert "A digest belongs in a channel" in (await dana.types("subscribe", channel="@bot")).text


async def test_what_is_not_said_again_stays_as_it_was(dana: Person, sam: Person) -> None:
    await dana.types("/debt subscribe team:payments thursday", channel="payments")
    reply = await sam.types("/debt subscribe 15:00", channel="payments")
    assert "team payments each Thursday at 15:00 (America/New_York)" in reply.text


async def test_the_change_button_opens_what_the_channel_has(
    dana: Person, slack: Sandbox, ledger: Ledger
) -> None:
    receipt = (await dana.types("/debt subscribe team:payments", channel="payments")).message
    form = (await dana.clicks(receipt, "Change")).form
    assert form is not None
    assert form.values == {
        "Scope": "team:payments",
        "Weekday": "Monday",
        "Time": "09:30",
        "Time zone": "America/New_York",
    }
    form.fill("Scope", "team:data platform")
    form.choose("Weekday", "Friday")
    form.fill("Time", "8:00")
    form.fill("Time zone", "europe/dublin")
    reply = await form.submit()
    assert "team data platform each Friday at 08:00 (Europe/Dublin)" in reply.text
    subscription = await kept(ledger, slack, "payments")
    assert subscription is not None
    assert subscriptions.scope_of(subscription) == Scope(ScopeKind.TEAM, "data platform")


@pytest.mark.parametrize(
    ("label", "entered", "why"),
    [
        ("Scope", "payments", "Say all, team:x, repo:x, service:x or train:x."),
        ("Scope", "team:paiments", "Nothing on the register is in team:paiments. Did you mean"),
        ("Time", "noon", "“noon” is not a time of day. Say 09:30."),
        ("Time zone", "Berlin", "it is no scope (all, team:x"),
    ],
)
async def test_the_change_form_says_no_at_the_field_concerned(
    label: str, entered: str, why: str, dana: Person
) -> None:
    receipt = (await dana.types("/debt subscribe", channel="payments")).message
    form = (await dana.clicks(receipt, "Change")).form
    assert form is not None
    form.fill(label, entered)
    errors = (await form.submit()).errors
    assert list(errors) == [label]
    assert why in errors[label]


async def test_unsubscribing_ends_it_and_doing_so_twice_says_so(
    dana: Person, slack: Sandbox, ledger: Ledger
) -> None:
    receipt = (await dana.types("/debt subscribe", channel="payments")).message
    reply = await dana.types("/debt unsubscribe", channel="payments")
    assert "#payments gets no weekly digest any more" in reply.text
    assert await kept(ledger, slack, "payments") is None
    reply = await dana.types("/debt unsubscribe", channel="payments")
    assert "This channel gets no digest, so there is nothing to end" in reply.text
    assert "This channel gets no digest any more" in (await dana.clicks(receipt, "Change")).text


async def test_a_channel_that_another_organization_joins_gets_no_digest_any_more(
    slack: Sandbox, dana: Person, ledger: Ledger, process: Process
) -> None:
    await ledger.add(owner=None)
    await dana.types("/debt subscribe", channel="payments")
    joined = {"type": "channel_shared", "channel": slack.channel("payments").id}
    for _ in range(2):
        await slack.deliver_event(joined | {"connected_team_id": "T0THER"}, event_id="Ev1")
        await slack.settled()
    seen = len(dana.reads("payments"))
    await slack.clock.advance(timedelta(days=7))
    await process.tick()
    await process.send()
    assert len(dana.reads("payments")) == seen
    [told] = dana.dms()
    assert "shared with another organization now. It is paused" in told.shown


async def test_a_digest_that_never_came_counts_for_no_week_in_vain(
    dana: Person, erin: Person, sam: Person, slack: Sandbox, ledger: Ledger, process: Process
) -> None:
    await ledger.add(expires_on=date(2026, 11, 1))
    await dana.types("/debt subscribe monday 09:30 UTC", channel="payments")
    for week, open_again in enumerate((True, False, False, True, True)):
        slack.archive("payments", archived=not open_again)
        await slack.clock.set(MONDAY + timedelta(weeks=week))
        if week == 3:
            await dana.types("/debt subscribe", channel="payments")
            continue
        await process.tick()
        await process.send()
    assert "Payment retry worker (D-3)" in sam.reads("payments")[-1].shown
    assert "Listed on Nov 30, 2026" in sam.reads("payments")[-1].shown
    assert erin.dms() == []
