"""Release trains: who is aboard when, and hours that add up whatever moves where."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from debt.budgets.budget import BudgetLimits, BudgetPeriod, BudgetState, BudgetUse
from debt.budgets.train import Train
from debt.change import Change
from debt.policy.roles import Powers
from debt.refusal import Refused
from debt.rules.hours import Period, Span, Work
from debt.scope import BudgetLine, Scope, ScopeKind
from storage.costs import budgets, hours_log, trains, usage
from storage.register import queries
from storage.register.artifacts import save
from storage.register.queries import ArtifactQuery
from tests.storage.builders import DANA, ERIN, LEE, NOW, POLICY, SAM, TODAY, Register, by, days

SPRING = Train("spring", TODAY - days(20), TODAY + days(40))
ON_SPRING = BudgetLine(Scope(ScopeKind.TRAIN, "spring"))
H = 60


def as_person(who: str, at: datetime = NOW) -> Change:
    return Change(who, at, POLICY, powers=Powers())


async def planned(register: Register, train: Train = SPRING) -> None:
    await register.told(as_person(ERIN, NOW - days(19)), trains.put, train)


async def boards(register: Register, *numbers: int, since: date = TODAY) -> int:
    return await register.told(as_person(ERIN), trains.board, "spring", numbers, since)


async def logs(register: Register, number: int, hours: float, on: date = TODAY) -> None:
    await register.told(
        DANA, hours_log.log, number, round(hours * H), kind=Work.REWORK, worked_on=on
    )


async def spent(register: Register, line: BudgetLine = ON_SPRING, span: Span = SPRING.span) -> int:
    return (await register.asked(usage.use_of, line, span)).spent


async def test_a_train_planned_again_as_it_is_changes_nothing(register: Register) -> None:
    await planned(register)
    last_id = (await register.last_entry()).id
    await planned(register)
    assert (await register.last_entry()).id == last_id


async def test_an_hour_counts_on_a_train_if_its_artifact_was_aboard_on_that_day(
    register: Register,
) -> None:
    await register.holds(monthly_minutes=600)
    await register.holds()
    await planned(register)
    await boards(register, 1, since=TODAY - days(3))
    await logs(register, 1, 1, on=TODAY - days(4))
    await logs(register, 1, 2, on=TODAY - days(3))
    await logs(register, 1, 4)
    await logs(register, 2, 8)
    use = await register.asked(usage.use_of, ON_SPRING, SPRING.span)
    assert (use.spent, use.artifacts) == (6 * H, 1)
    assert await spent(register, BudgetLine(Scope(ScopeKind.TEAM, "payments"))) == 15 * H


async def test_what_left_counts_until_then_and_what_comes_back_counts_once(
    register: Register,
) -> None:
    await register.holds()
    await planned(register)
    await boards(register, 1, since=TODAY - days(3))
    for day in (3, 2, 1, 0):
        await logs(register, 1, 1, on=TODAY - days(day))
    left = await register.told(as_person(ERIN, NOW - days(1)), trains.leave, "spring", [1])
    assert (left, await spent(register)) == (1, 2 * H)
    assert await boards(register, 1, since=TODAY - days(3)) == 1
    assert await boards(register, 1) == 0
    assert await spent(register) == 4 * H


async def test_a_stay_of_less_than_a_day_leaves_no_trace_in_the_sums(register: Register) -> None:
    await register.holds()
    await planned(register)
    for _ in range(2):
        await boards(register, 1)
        await logs(register, 1, 1)
        await register.told(as_person(ERIN), trains.leave, "spring", [1])
    assert await spent(register) == 0
    actions = [entry.action for entry in await register.entries() if "train" in entry.action]
    assert actions == ["train planned", *["train boarded", "train left"] * 2]


async def test_a_list_and_whether_a_train_covers_an_artifact_follow_who_is_aboard(
    register: Register,
) -> None:
    for _ in range(3):
        await register.holds()
    await planned(register)
    payments = ArtifactQuery(scopes=(Scope(ScopeKind.TEAM, "payments"),))
    assert await boards(register, *await register.asked(queries.numbers, payments)) == 3
    await register.told(as_person(ERIN), trains.leave, "spring", [2])
    page = await register.asked(queries.page, ArtifactQuery(scopes=(ON_SPRING.scope,)), 10)
    assert {artifact.id for artifact in page.artifacts} == {1, 3}
    covered = [
        await register.asked(queries.covers, ON_SPRING.scope, await register.artifact(number))
        for number in (1, 2, 3)
    ]
    assert covered == [True, False, True]
    assert await register.asked(trains.running, TODAY) == [(SPRING, 2)]
    assert await register.asked(trains.running, SPRING.last + days(1)) == []


async def test_a_budget_of_a_train_is_for_all_of_it_and_ends_with_it(register: Register) -> None:
    await register.holds(monthly_minutes=609)
    await planned(register)
    await boards(register, 1, since=SPRING.first)
    await logs(register, 1, 3, on=SPRING.first)
    usual = BudgetPeriod(Period.MONTH)
    kept = await register.told(as_person(ERIN), budgets.put, ON_SPRING, usual, BudgetLimits(9 * H))
    standing = await register.told(as_person(ERIN), budgets.standing_of, kept)
    assert (standing.span, standing.use.spent) == (SPRING.span, 3 * H)
    assert standing.committed == round(standing.use.monthly / 365.25 * 12 * 41)
    assert standing.state is BudgetState.AT_RISK
    later = replace(SPRING, last=SPRING.last + days(10))
    await register.told(as_person(ERIN), trains.put, later)
    [moved] = await register.asked(budgets.in_force, later.last, None)
    assert moved.span(by(ERIN)) == later.span
    assert await register.asked(budgets.in_force, later.last + days(1), None) == []
    await register.told(as_person(ERIN), budgets.put, ON_SPRING, usual, BudgetLimits(20 * H))
    again = await register.asked(budgets.find, ON_SPRING, TODAY)
    assert again
    assert again.limits.minutes == 20 * H
    await register.told(as_person(ERIN), budgets.end, ON_SPRING)
    assert await register.asked(budgets.in_force, TODAY, None) == []


async def test_more_trains_than_one_statement_takes_each_stand_in_their_own_days(
    register: Register,
) -> None:
    await register.holds()
    await register.holds()
    for number in range(120):
        train = Train(f"train-{number}", TODAY - days(2 + number), TODAY + days(number))
        await register.told(as_person(ERIN), trains.put, train)
    await register.told(as_person(ERIN), trains.board, "train-0", [1], TODAY - days(2))
    await register.told(as_person(ERIN), trains.board, "train-119", [2], TODAY - days(2))
    await logs(register, 1, 3)
    await logs(register, 2, 1)
    asked = [
        (
            BudgetLine(Scope(ScopeKind.TRAIN, f"train-{number}")),
            Span("", TODAY - days(number), TODAY),
        )
        for number in range(120)
    ]
    uses = await register.asked(usage.uses_of, asked)
    used = {
        number: (use.spent, use.artifacts) for number, use in enumerate(uses) if use != BudgetUse()
    }
    assert used == {0: (3 * H, 1), 119: (H, 1)}


async def test_before_it_begins_all_of_a_train_is_still_to_come(register: Register) -> None:
    await register.holds(monthly_minutes=600)
    ahead = Train("spring", TODAY + days(10), TODAY + days(19))
    await planned(register, ahead)
    await boards(register, 1)
    kept = await register.told(
        as_person(ERIN), budgets.put, ON_SPRING, BudgetPeriod(Period.MONTH), BudgetLimits(3 * H)
    )
    standing = await register.told(as_person(ERIN), budgets.standing_of, kept)
    assert standing.committed == round(600 / 365.25 * 12 * 10)
    assert standing.runs_out == ahead.first + days(9)


@pytest.mark.parametrize(
    ("train", "why"),
    [
        (Train("two words", TODAY, TODAY), "one word"),
        (Train("<!channel>", TODAY, TODAY), "one word"),
        (Train("x" * 41, TODAY, TODAY), "one word"),
        (Train("past", TODAY - days(9), TODAY - days(1)), "still to come"),
        (Train("backward", TODAY + days(1), TODAY), "not before its first"),
    ],
)
async def test_what_is_no_train_is_refused(register: Register, train: Train, why: str) -> None:
    with pytest.raises(Refused, match=why):
        await register.told(as_person(ERIN), trains.put, train)


async def test_a_train_that_is_over_stays_as_it_was(register: Register) -> None:
    await register.holds()
    await planned(register)
    after = as_person(ERIN, NOW + days(50))
    with pytest.raises(Refused, match="it stays as it was"):
        await register.told(after, trains.board, "spring", [1], SPRING.first)
    with pytest.raises(Refused, match="it stays as it was"):
        await register.told(after, trains.put, replace(SPRING, last=SPRING.last + days(90)))
    with pytest.raises(Refused, match="it stays as it was"):
        await register.told(
            after, budgets.put, ON_SPRING, BudgetPeriod(Period.MONTH), BudgetLimits(60)
        )


async def test_a_key_that_is_on_no_register_and_a_day_to_come_board_nothing(
    register: Register,
) -> None:
    await register.holds()
    await planned(register)
    with pytest.raises(Refused, match="There is no D-9 on the register"):
        await boards(register, 1, 9)
    with pytest.raises(Refused, match="from today on"):
        await boards(register, 1, since=TODAY + days(1))
    with pytest.raises(Refused, match="There is no train:autumn"):
        await register.told(as_person(ERIN), trains.board, "autumn", [1], TODAY)
    assert await register.asked(queries.numbers, ArtifactQuery(scopes=(ON_SPRING.scope,))) == []


async def test_the_leads_of_what_is_aboard_and_who_planned_it_may_change_a_train(
    register: Register,
) -> None:
    teams = {"payments": ERIN, "growth": LEE, "search": SAM}
    led = {
        name: POLICY.teams["payments"].model_copy(update={"lead": teams[name]}) for name in teams
    }
    policy = POLICY.model_copy(update={"teams": led})
    await register.holds(team="growth")
    people = {who: Change(who, NOW, policy, powers=Powers()) for who in (DANA, ERIN, LEE, SAM)}
    await register.told(people[ERIN], trains.put, SPRING)
    assert await register.told(people[ERIN], trains.board, "spring", [1], TODAY) == 1
    for who in (ERIN, LEE):
        await register.told(people[who], trains.put, SPRING)
    for who in (DANA, SAM):
        with pytest.raises(Refused, match="the lead of a team with artifacts there or an admin"):
            await register.told(people[who], trains.put, SPRING)


# ----------------------------------------------------- whatever moves where, the sums are exact

TEAMS = ("payments", "growth")
DAYS = [TODAY - days(ago) for ago in range(9, -1, -1)]
WINDOWS = {"spring": (DAYS[0], DAYS[9]), "summer": (DAYS[3], DAYS[7])}
KEYS = st.integers(0, 3)
LATE = st.integers(0, 3)
ACTS = st.one_of(
    st.tuples(st.just("log"), KEYS, LATE, st.integers(1, 600)),
    st.tuples(st.just("move"), KEYS, LATE, st.sampled_from([*TEAMS, None])),
    st.tuples(st.just("board"), KEYS, LATE, st.sampled_from([*WINDOWS])),
    st.tuples(st.just("leave"), KEYS, LATE, st.sampled_from([*WINDOWS])),
)
STORIES = st.lists(st.lists(ACTS, max_size=6), min_size=10, max_size=10)
Act = tuple[str, int, int, Any]


@dataclass
class Book:
    """The sums as somebody would keep them by hand, day by day; `tag` keeps stories apart."""

    told: Register
    tag: str
    keys: list[int] = field(default_factory=list)
    moves: list[tuple[int, date, str | None]] = field(default_factory=list)
    left: dict[tuple[str, int], date] = field(default_factory=dict)
    aboard: set[tuple[str, int]] = field(default_factory=set)
    stays: set[tuple[str, int, date]] = field(default_factory=set)
    worked: list[tuple[int, int, str | None, date]] = field(default_factory=list)

    def sum_of(self, line: BudgetLine) -> int:
        name = line.scope.name
        if line.scope.kind is ScopeKind.TEAM:
            return sum(minutes for _, minutes, team, _ in self.worked if team == name)
        first, last = WINDOWS[name.removeprefix(self.tag)]
        return sum(
            minutes
            for number, minutes, _, day in self.worked
            if (name, number, day) in self.stays and first <= day <= last
        )

    async def does(self, act: Act, day: date) -> None:
        what, which, late, about = act
        number, name = self.keys[which], f"{self.tag}{about}"
        then, at = day - days(late), datetime.combine(day, NOW.timetz())
        if what == "log":
            await self.told.told(
                by(DANA, at=at), hours_log.log, number, about, kind=Work.REWORK, worked_on=then
            )
            self.worked.append((number, about, self._team_on(number, then), then))
        elif what == "move":
            team = name if about else None
            old = await self.told.artifact(number)
            new = replace(old, team=team)
            await self.told.told(by(DANA, at=at), save, old, new, action="edit")
            self.moves.append((number, day, team))
        elif what == "board":
            await self.told.told(by(ERIN, at=at), trains.board, name, [number], then)
            self._boards((name, number), then)
        else:
            await self.told.told(by(ERIN, at=at), trains.leave, name, [number])
            self._leaves((name, number), day)

    def _team_on(self, number: int, day: date) -> str | None:
        """At the end of a day that is over, or just now."""
        teams = [team for moved, on, team in self.moves if moved == number and on <= day]
        return teams[-1] if teams else None

    def _boards(self, stay: tuple[str, int], since: date) -> None:
        """Aboard until it leaves, and from then back to when it left last."""
        if stay not in self.aboard:
            self.aboard.add(stay)
            since = max(since, self.left.get(stay, since))
            ahead = [since + days(number) for number in range(20)]
            self.stays |= {(*stay, day) for day in ahead}

    def _leaves(self, stay: tuple[str, int], day: date) -> None:
        if stay in self.aboard:
            self.aboard.remove(stay)
            self.stays -= {(*stay, day + days(number)) for number in range(20)}
            if any(there[:2] == stay for there in self.stays):
                self.left[stay] = day


@given(story=STORIES)
@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
async def test_whatever_moves_between_teams_and_trains_each_hour_counts_where_it_was_worked(
    register: Register, story: list[list[Act]]
) -> None:
    book = Book(register, f"{uuid4().hex[:8]}.")
    for _ in range(4):
        artifact = await register.holds(team=None)
        book.keys.append(artifact.id)
    for name, (first, last) in WINDOWS.items():
        planner = by(ERIN, at=NOW - days(9))
        await register.told(planner, trains.put, Train(f"{book.tag}{name}", first, TODAY))
        assert last <= TODAY
    for day, acts in zip(DAYS, story, strict=True):
        for act in acts:
            await book.does(act, day)
    lines = {
        BudgetLine(Scope(ScopeKind.TEAM, f"{book.tag}{team}")): Span("", DAYS[0] - days(9), TODAY)
        for team in TEAMS
    } | {
        BudgetLine(Scope(ScopeKind.TRAIN, f"{book.tag}{name}")): Span("", first, last)
        for name, (first, last) in WINDOWS.items()
    }
    used = await register.asked(usage.uses_of, list(lines.items()))
    for (line, span), use in zip(lines.items(), used, strict=True):
        assert use.spent == book.sum_of(line), str(line)
        by_day = await register.asked(usage.spent_by_day, line, span)
        assert sum(by_day.values()) == use.spent
