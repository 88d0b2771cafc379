"""A year of nudges: 500 people, 40 teams, 10,000 artifacts, against one message a step."""

import statistics
import tempfile
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from heapq import heappop, heappush
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import func, select

from benchmarks.company import Employee, Persona, founded, new_artifact, register_of
from benchmarks.witness import Arrival, Witness, arrival
from briefings.delivery.delivery import Sender
from briefings.delivery.planning import plan
from briefings.messages.uploads import Gallery
from briefings.pictures.worker import Artist
from debt.artifact.artifact import Artifact, Ending, Stage
from debt.artifact.lifecycle import move
from debt.change import Change
from debt.policy.policy import Policy
from debt.rules.dates import extension_base
from debt.rules.tier import tier
from debt.rules.working_time import next_working
from sandbox import Sandbox
from sandbox.workspace.workspace import WorkspaceChange as Seen
from storage.database import history
from storage.database.migrate import migrate
from storage.database.store import Session, Store
from storage.digests import subscriptions
from storage.lifecycle import effects, maintenance, ownership
from storage.lifecycle import registration as on_register
from storage.nudges import nudge_queue
from storage.register import bulk, people, queries
from storage.register.artifacts import locked, save
from storage.tables import ARTIFACT, Subscription

ROOT = Path(__file__).parents[1]
START = datetime(2026, 1, 5, tzinfo=UTC)
WEEKS = 52
TICK = timedelta(hours=2)
DAY = timedelta(days=1)
# When the bot is down, for a weekend and for a week; and the day on which Slack takes nothing.
DOWN = (
    (datetime(2026, 5, 16, tzinfo=UTC), datetime(2026, 5, 18, tzinfo=UTC)),
    (datetime(2026, 7, 6, tzinfo=UTC), datetime(2026, 7, 13, tzinfo=UTC)),
)
REFUSES = (datetime(2026, 9, 9, tzinfo=UTC), datetime(2026, 9, 10, tzinfo=UTC))
NEAR = timedelta(days=30)
MEMORY = Path("/dev/shm")
FOLDER = MEMORY if MEMORY.is_dir() else None
STEPS = (14, 7, 1, 0)


class Year:
    """One run: `at` is the only clock, and what people do waits in a queue for its hour."""

    def __init__(self, slack: Sandbox, store: Store) -> None:
        self.at = START
        self.chance = Random(2026)
        self.store = store
        self.slack = slack
        self.company = founded(slack, self.chance, START)
        self.policy: Policy = self.company.policy
        zones = {each.id: each.zone for each in self.company.people.values()}
        self.witness = Witness(zones)
        self.gone: set[str] = set()
        self.naive: Counter[str] = Counter()
        self._told_by_naive: set[tuple[int, str, date]] = set()
        self._queue: list[tuple[datetime, str, list[int]]] = []
        self._snoozed: Counter[tuple[str, int]] = Counter()
        self._retiring: list[tuple[datetime, int, str]] = []
        slack.workspace.listen(self._seen)

    # ------------------------------------------------------------------------- the bot

    async def passes(self, sender: Sender) -> None:
        end = START + WEEKS * 7 * DAY
        while self.at < end:
            if not _within(self.at, *DOWN):
                await self._one_tick(sender)
            self.at += TICK

    async def _one_tick(self, sender: Sender) -> None:
        if self.at.hour == 0:
            await self._once_a_day()
        if not _within(self.at, REFUSES):
            self.slack.faults.clear()
            await self._people_act()
        elif self.at == REFUSES[0]:
            self.slack.faults.answer("*", status=503, error="service_unavailable", times=10**9)
        await plan(self.store, self.policy, self.at)
        # What was sent is not drawn again as it gets settled: that is no message.
        while (tried := await sender.send_next()) and not tried.slack_is_away:
            pass
        self.slack.calls.clear()

    async def _once_a_day(self) -> None:
        """The daily check of owners, retired things that are gone, and what a naive bot says."""
        leaving = (each for each in self.company.people.values() if self._has_left(each))
        for each in leaving:
            await self._leaves(each)
        await self._gone_for_good()
        await self._naive_day()

    def _has_left(self, each: Employee) -> bool:
        return bool(each.leaves_at and each.leaves_at <= self.at and each.id not in self.gone)

    async def _leaves(self, employee: Employee) -> None:
        self.gone.add(employee.id)
        self.slack.workspace.user(employee.id).deleted = True
        change = Change("slack", self.at, self.policy)
        async with self.store.change() as session:
            seen = await people.keep(session, employee.seen(self.at, active=False))
            await people.owner_is(session, change, employee.id, seen)

    async def _naive_day(self) -> None:
        """One message an artifact and step, on the very dates there are."""
        today, A = self.at.date(), ARTIFACT.c  # noqa: N806  # the columns' short name
        steps = [today + days * DAY for days in STEPS]
        for kind, on in (("expiry", A.expires_on), ("review", A.review_on)):
            question = select(A.id, A.owner, on.label("day")).where(
                A.live, A.stage != Stage.RETIRING, on.in_(steps), A.owner.is_not(None)
            )
            async with self.store.read() as session:
                for row in await session.execute(question):
                    self._says_naively(row.id, kind, row.day, row.owner, today)

    def _says_naively(self, number: int, kind: str, day: date, owner: str, today: date) -> None:
        first = (number, kind, day) not in self._told_by_naive
        self._told_by_naive.add((number, kind, day))
        if first or day - today < STEPS[0] * DAY:
            self.naive[owner] += 1

    # ---------------------------------------------------------------------- the people

    def _seen(self, change: Seen) -> None:
        if change.kind != "message.posted" or change.message is None:
            return
        seen = arrival(change.message, self.at)
        self.witness.saw(seen)
        del change.message.home.messages[:-5]
        if seen.person:
            self._will_answer(self.company.people[seen.person], seen)
        elif seen.kind == "orphans":
            self._somebody_will_claim(seen)

    def _will_answer(self, who: Employee, seen: Arrival) -> None:
        days = {Persona.LATE: self.chance.uniform(2, 9), Persona.IGNORES: None}.get(who.persona, 0)
        if days is not None:
            self._later(who, days * DAY + timedelta(hours=self.chance.uniform(0, 5)), seen.named)

    def _somebody_will_claim(self, seen: Arrival) -> None:
        team = next(team for team, id_ in self.company.channels.items() if id_ == seen.channel)
        there = [each for each in self.company.of_team(team) if each.id not in self.gone]
        active = [each for each in there if each.persona is not Persona.IGNORES]
        for number in sorted(seen.named):
            who, after = self.chance.choice(active), self.chance.uniform(0, 6) * DAY
            self._later(who, after, frozenset({number}))

    def _later(self, who: Employee, after: timedelta, named: frozenset[int]) -> None:
        local = next_working((self.at + after).astimezone(ZoneInfo(who.zone)), self.policy)
        heappush(self._queue, (local.astimezone(UTC), who.id, sorted(named)))

    async def _people_act(self) -> None:
        while self._queue and self._queue[0][0] <= self.at:
            _, who, named = heappop(self._queue)
            if who not in self.gone:
                await self._acts(self.company.people[who], named)

    async def _acts(self, who: Employee, named: list[int]) -> None:
        change = Change(who.id, self.at, self.policy, who.zone)
        async with self.store.change() as session:
            known = await queries.several(session, named)
            for number in named:
                await self._acts_on(session, change, who, known[number])

    async def _acts_on(
        self, session: Session, change: Change, who: Employee, artifact: Artifact
    ) -> None:
        """What the buttons do: claim, snooze, still needed, extend, retire."""
        if not artifact.live or artifact.stage is Stage.RETIRING:
            return
        mark = who.id, artifact.id
        if artifact.orphan:
            await ownership.claim(session, change, artifact.id)
        elif (
            who.persona is Persona.SNOOZES and artifact.owner == who.id and self._snoozed[mark] < 3
        ):
            self._snoozed[mark] += 1
            await nudge_queue.snooze(session, change, artifact.id, 7)
        else:
            self._snoozed[mark] = 0
            await self._decides(session, change, artifact)

    async def _decides(self, session: Session, change: Change, artifact: Artifact) -> None:
        soon = change.today + NEAR
        for kind, on in (("expiry", artifact.expires_on), ("review", artifact.review_on)):
            if on and on <= soon and artifact.owner:
                self._says_naively(artifact.id, kind, on, artifact.owner, change.today)
        reviewed = artifact.review_on and artifact.review_on <= soon
        if reviewed and self.chance.random() < 0.05:
            await self._retires(session, change, artifact.id)
            return
        if reviewed and artifact.reviewed_on != change.today:
            await maintenance.review(session, change, artifact.id)
        if artifact.lapsed_on or (artifact.expires_on and artifact.expires_on <= soon):
            await self._extends(session, change, artifact)

    async def _extends(self, session: Session, change: Change, artifact: Artifact) -> None:
        """Within the allowance; what is used up, or not worth it, is retired."""
        rules = self.policy.tier(tier(artifact, self.policy))
        left = rules.extension_days - artifact.extended_days
        days = min(left, self.chance.choice((30, 45, 60)))
        wanted = days >= 20 and artifact.extensions < rules.extensions
        if wanted and self.chance.random() < 0.7:
            until = extension_base(artifact, change.today) + days * DAY
            await maintenance.extend(session, change, artifact.id, until, "still in use")
        else:
            await self._retires(session, change, artifact.id)

    async def _retires(self, session: Session, change: Change, number: int) -> None:
        artifact, why = await locked(session, number), "not needed any more"
        await effects.begin_retiring(session, change, artifact, Ending.RETIRE, why, "retiring")
        after = self.at + self.chance.uniform(2, 12) * DAY
        heappush(self._retiring, (after, number, artifact.owner or change.by))

    async def _gone_for_good(self) -> None:
        """Its owner, or a colleague, soon has something new made instead."""
        while self._retiring and self._retiring[0][0] <= self.at:
            _, number, owner = heappop(self._retiring)
            change = Change(owner, self.at, self.policy)
            async with self.store.change() as session:
                old = await locked(session, number)
                ended = replace(old, stage=move(old.key, old.stage, Stage.RETIRED))
                await save(session, change, old, ended, action="end", how="retired")
                facts = new_artifact(self.chance, self._still_here(owner), self.at.date())
                await on_register.add(session, change, facts)

    def _still_here(self, who: str) -> Employee:
        employee = self.company.people[who]
        there = [e for e in self.company.of_team(employee.team) if e.id not in self.gone]
        return employee if who not in self.gone else self.chance.choice(there)

    # ------------------------------------------------------------------------ afterwards

    async def without_notice(self) -> tuple[int, int]:
        """Lapses and escalations of what its owner of then was not told of 14 days before; and
        how many there were at all.
        """
        owners: dict[int, list[tuple[datetime, str | None]]] = defaultdict(list)
        dated: dict[int, list[datetime]] = defaultdict(list)
        lapses = []
        async with self.store.read() as session:
            async for entry in history.entries(session):
                number, after = entry.artifact_id or 0, entry.after or {}
                if "owner" in after:
                    owners[number].append((entry.at, after["owner"]))
                if "expires_on" in after and entry.action in {"import", "add", "extend"}:
                    dated[number].append(entry.at)
                if entry.action == "lapse":
                    lapses.append((number, entry.at, dated[number][-1]))
        judged = [*lapses, *((n, at, START) for n, at in self.witness.escalations)]
        told = [self._had_notice(n, at, since, owners[n]) for n, at, since in judged]
        return told.count(False), len(told)

    def _had_notice(
        self, n: int, at: datetime, dated: datetime, owners: list[tuple[datetime, str | None]]
    ) -> bool:
        since, owner = [each for each in owners if each[0] <= at][-1]
        whom = (
            [owner] if owner and not self._had_left(owner, at) else self.company.channels.values()
        )
        return self.witness.had_notice(n, whom, at, max(since, dated))

    def _had_left(self, who: str, at: datetime) -> bool:
        leaves_at = self.company.people[who].leaves_at
        return leaves_at is not None and leaves_at <= at

    async def live(self) -> int:
        async with self.store.read() as session:
            question = select(func.count()).select_from(ARTIFACT).where(ARTIFACT.c.live)
            total: int = (await session.execute(question)).scalar_one()
            return total


def _within(at: datetime, *spans: tuple[datetime, datetime]) -> bool:
    return any(begin <= at < end for begin, end in spans)


@asynccontextmanager
async def _prepared(slack: Sandbox, folder: str) -> AsyncIterator[Year]:
    url = f"sqlite:///{folder}/debt.db"
    migrate(url)
    store = Store(url)
    try:
        year = Year(slack, store)
        await _fill(year)
        yield year
    finally:
        await store.close()


async def _fill(year: Year) -> None:
    change = Change("benchmark", START, year.policy)
    rows = [
        bulk.BulkRow(line, None, facts)
        for line, facts in enumerate(register_of(year.chance, year.company, START.date()))
    ]
    async with year.store.change() as session:
        for employee in year.company.people.values():
            await people.keep(session, employee.seen(START))
        for team, channel in year.company.channels.items():
            await subscriptions.subscribe(session, change, _subscription(year, team, channel))
        await bulk.begin(session)
        await bulk.put(session, change, rows, "sheet.csv")


def _subscription(year: Year, team: str, channel: str) -> Subscription:
    lead = year.company.people[year.policy.lead_of(team) or ""]
    return Subscription(
        channel=channel,
        scope="team",
        scope_name=team,
        weekday=0,
        at="09:30",
        zone=lead.zone,
        subscriber=lead.id,
        next_at=START,
    )


def _report(year: Year, without: int, judged: int, live: int) -> None:
    witness, staff = year.witness, year.company.people
    weeks = {who: witness.a_week(who, START, WEEKS) for who in staff}
    means = {who: sum(counts) / WEEKS for who, counts in weeks.items()}
    single = sorted(count for counts in weeks.values() for count in counts)
    ours, naive = sum(single), year.naive.total()
    median, p99 = statistics.median(means.values()), single[int(len(single) * 0.99)]
    print(f"messages the bot starts, per person and week: median {median:.2f} (goal ≤ 0.5)")
    print(f"  99th percentile of weeks {p99} (goal ≤ 3)")
    print(f"  most in any seven days {witness.most_in_seven_days} (goal ≤ 3)")
    print(f"  {ours / naive:.2f} of what a naive bot sends: {ours:,} against {naive:,}")
    for persona in Persona:
        theirs = [means[each.id] for each in staff.values() if each.persona is persona]
        print(f"  who {persona}: {statistics.mean(theirs):.2f}")
    print(f"lapses and escalations without a full notice: {without} of {judged:,} (goal 0)")
    print(f"messages twice: {witness.twice} (goal 0)")
    print(f"messages outside working hours: {witness.out_of_hours} (goal 0)")
    print(f"  {live:,} artifacts live at the end of {WEEKS} weeks")


async def measure() -> None:
    with tempfile.TemporaryDirectory(dir=FOLDER) as folder:
        async with (
            Sandbox(ROOT / "manifest.yml") as slack,
            aiohttp.ClientSession() as http,
            _prepared(slack, folder) as year,
        ):
            client = AsyncWebClient(slack.bot_token, slack.api_url, session=http, retry_handlers=[])
            sender = Sender(
                year.store,
                client,
                year.policy,
                lambda: year.at,
                gallery=Gallery(client, Artist()),
                holder="benchmark",
                pace=0,
            )
            await year.passes(sender)
            without, judged = await year.without_notice()
            _report(year, without, judged, await year.live())
