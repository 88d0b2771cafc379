"""Processes are killed, stand still and lose answers at random: each briefing comes once."""

import asyncio
import random
from datetime import timedelta

import pytest

from sandbox.workspace.workspace import WorkspaceChange
from tests.briefings.conftest import Mail
from tests.briefings.delivery.crew import Crew, crew
from tests.storage.builders import days

CHANNELS = 40
PEOPLE = ("dana", "erin", "sam", "priya", "noah", "mia", "lena", "kai")
ROUNDS = 200
SEEDS = (1,)


class Trouble:
    """Strikes when a message arrives: at once, so that no answer is sent, or a little later."""

    def __init__(self, crew: Crew, seed: int) -> None:
        self.kills = self.losses = 0
        self._crew = crew
        self._dice = random.Random(seed)
        self._faults = crew.mail.slack.faults

    def posted(self, change: WorkspaceChange) -> None:
        if change.kind != "message.posted":
            return
        thrown = self._dice.random()
        if thrown < 0.15:
            self.kill()
        elif thrown < 0.4:
            self.soon()
        elif thrown < 0.65:
            self.losses += 1
            self._faults.lose_response("chat.postMessage")
        elif thrown < 0.75:
            self.losses += 1
            self._faults.late_accept("chat.postMessage", 0.05)

    def at_the_start(self) -> None:
        """Now and then before anything has arrived."""
        if self._dice.random() < 0.25:
            self.soon()

    def soon(self) -> None:
        """At any point of what it does next: settling this one, claiming or composing another."""
        asyncio.get_running_loop().call_later(self._dice.uniform(0, 0.04), self.kill)

    def kill(self) -> None:
        busy = [hand for hand in self._crew.hands if hand.busy]
        if busy:
            self.kills += 1
            self._dice.choice(busy).is_killed()

    def time_passes(self) -> None:
        """Longer than no lease, the leader's, or a message's."""
        self._crew.mail.passes(timedelta(seconds=self._dice.choice([20, 61, 121])))


@pytest.mark.parametrize("seed", SEEDS)
async def test_every_briefing_comes_once_however_often_its_sender_is_killed(
    mail: Mail, seed: int
) -> None:
    keys = await _many_briefings(mail)
    async with crew(mail) as senders:
        trouble = Trouble(senders, seed)
        stop = mail.slack.workspace.listen(trouble.posted)
        for _ in range(ROUNDS):
            await senders.has(1 if mail.register.store.sqlite else 3)
            trouble.at_the_start()
            await senders.send()
            if set((await mail.states()).values()) == {"sent"}:
                break
            trouble.time_passes()
        stop()
    assert min(trouble.kills, trouble.losses) >= 5
    assert set((await mail.states()).values()) == {"sent"}
    assert sorted(_all_there_is(mail)) == sorted(keys)


async def _many_briefings(mail: Mail) -> list[str]:
    """A digest for each of many channels, and a message for each of some people."""
    for number in range(5):
        await mail.register.holds(name=f"Worker {number}", expires_on=mail.at.date() - days(3))
    for number in range(CHANNELS):
        mail.slack.add_channel(f"team-{number}", ["dana"])
        await mail.subscribes(f"team-{number}")
    await mail.plans()
    for handle in PEOPLE:
        await mail.writes(f"to {handle}", f"@{handle}")
    keys = list(await mail.states())
    assert len(keys) == CHANNELS + len(PEOPLE)
    return keys


def _all_there_is(mail: Mail) -> list[str]:
    places = [f"team-{number}" for number in range(CHANNELS)] + [f"@{who}" for who in PEOPLE]
    return [key for place in places for key in mail.keys(place)]


async def test_a_process_that_stood_still_past_its_lease_posts_nothing_when_it_wakes(
    mail: Mail,
) -> None:
    await mail.writes("a", "@dana")
    mail.slack.faults.delay("conversations.open", 0.3)
    async with crew(mail) as senders:
        await senders.has(1)
        [sleeper] = senders.hands
        sending = asyncio.create_task(sleeper.sends())
        while await mail.states() != {"a": "sending"}:
            pass
        sleeper.stands_still()
        mail.lease_ends()
        senders.looks_at_the_clock()
        assert await mail.sends() == 1
        sleeper.goes_on()
        assert await sending == 1
    assert mail.keys("@dana") == ["a"]
    assert mail.posts() == ["ok"]
    assert await mail.states() == {"a": "sent"}
