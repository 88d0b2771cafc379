"""Lists: filters, scopes, words, and pages that neither miss nor repeat."""

from datetime import timedelta

import pytest

from debt.artifact.artifact import Artifact, Label, Rating, Ratings, Stage, Surface
from debt.rules.hours import Work
from debt.scope import ALL, Cursor, Filter, Scope, ScopeKind
from storage.costs.hours_log import log
from storage.lifecycle.maintenance import rate, review
from storage.register.queries import (
    ArtifactQuery,
    changed_since,
    count_needing,
    covers,
    everything,
    exists,
    needing,
    page,
    several,
    teams,
)
from tests.storage.builders import DANA, NOW, SAM, TODAY, Register, by, days

SOON = TODAY + days(7)


async def found(register: Register, *filters: Filter, owner: str | None = None) -> list[int]:
    query = ArtifactQuery(frozenset(filters), owner=owner, today=TODAY, soon=SOON)
    return [each.id for each in (await register.asked(page, query, 50)).artifacts]


async def worded(register: Register, *words: str) -> list[int]:
    return [a.id for a in (await register.asked(page, ArtifactQuery(words=words), 50)).artifacts]


async def test_each_filter_finds_what_it_is_named_for(register: Register) -> None:
    await register.holds()
    await register.holds(expires_on=TODAY - days(1))
    await register.holds(review_on=TODAY - days(1))
    await register.holds(expires_on=SOON)
    await register.holds(expires_on=SOON + days(1))
    await register.holds(owner=None)
    await register.holds(owner_gone=True)
    await register.holds(risk=4)
    await register.holds(purpose="tbd")
    await register.holds(owner=SAM)
    for filters, expected in {
        (Filter.OVERDUE,): {2, 3},
        (Filter.EXPIRING,): {4},
        (Filter.ORPHANS,): {6, 7},
        (Filter.HIGH_RISK,): {8},
        (Filter.PROVISIONAL,): {6, 9},
        (Filter.ORPHANS, Filter.PROVISIONAL): {6},
        (): set(range(1, 11)),
    }.items():
        assert set(await found(register, *filters)) == expected, filters
    assert await found(register, Filter.MINE, owner=SAM) == [10]


async def test_a_guaranteed_notice_hides_nothing_from_overdue(register: Register) -> None:
    await register.holds(expires_on=TODAY + days(9), originally_expires_on=TODAY - days(5))
    assert await found(register, Filter.OVERDUE) == [1]
    assert await found(register, Filter.EXPIRING) == []


async def test_a_date_that_falls_on_today_is_expiring_and_not_overdue(register: Register) -> None:
    await register.holds(expires_on=TODAY)
    assert await found(register, Filter.EXPIRING) == [1]
    assert await found(register, Filter.OVERDUE) == []


@pytest.mark.parametrize("stage", [Stage.RETIRED, Stage.REFACTORED, Stage.REGENERATED])
async def test_what_has_ended_is_on_no_list(register: Register, stage: Stage) -> None:
    await register.holds(stage=stage, expires_on=TODAY - days(1), owner=None, risk=5)
    assert await found(register) == []
    assert await register.asked(needing, ALL, 5) == []
    assert not await register.asked(exists, ALL)


async def test_a_scope_keeps_to_its_team_repository_or_service(register: Register) -> None:
    await register.holds()
    await register.holds(team="search")
    await register.holds(repo="acme/web")
    await register.holds(service=None)
    await register.holds(team=None)
    for scope, expected in {
        Scope(ScopeKind.TEAM, "payments"): {1, 3, 4},
        Scope(ScopeKind.TEAM, "search"): {2},
        Scope(ScopeKind.REPO, "acme/web"): {3},
        Scope(ScopeKind.SERVICE, "checkout"): {1, 2, 3, 5},
        Scope(ScopeKind.TEAM, ""): set(),
        Scope(ScopeKind.SERVICE, "None"): set(),
        ALL: {1, 2, 3, 4, 5},
    }.items():
        answer = await register.asked(page, ArtifactQuery(scopes=(scope,)), 10)
        assert {each.id for each in answer.artifacts} == expected, scope
        assert await register.asked(exists, scope) == bool(expected), scope
        all_ = [await register.artifact(number) for number in range(1, 6)]
        covered = {a.id for a in all_ if await register.asked(covers, scope, a)}
        assert covered == expected, scope


async def test_words_are_looked_for_as_they_stand(register: Register) -> None:
    await register.holds(name="100% sure_thing")
    await register.holds(name="1000 sureXthing")
    await register.holds(name="O'Brien's “quoted” \\ path/to")
    await register.holds(name="STRASSE Überweisung", repo="acme/geld", team="Kasse")
    for words, expected in {
        ("100%",): {1},
        ("sure_",): {1},
        ("%",): {1},
        ("_",): {1},
        ("o'brien",): {3},
        ("\\",): {3},
        ("th/to",): {3},
        ("straße",): {4},
        ("überweisung", "kasse"): {4},
        ("überweisung", "nothing"): set(),
        ("D-2",): {2},
        ("ACME/GELD",): {4},
        ("u0dana",): {1, 2, 3, 4},
    }.items():
        assert set(await worded(register, *words)) == expected, words


def _ranked(artifact: Artifact) -> tuple[int, int]:
    return artifact.ratings.risk.value, artifact.id


async def _turn_pages(register: Register, query: ArtifactQuery, size: int) -> list[int]:
    seen: list[int] = []
    after: Cursor | None = None
    while True:
        answer = await register.asked(page, query, size, after)
        assert len(answer.artifacts) <= size
        seen += [each.id for each in answer.artifacts]
        after = answer.after
        if after is None:
            return seen


@pytest.mark.parametrize("size", [1, 2, 3, 7, 12, 13])
async def test_pages_are_complete_and_ranked_where_many_rank_alike(
    register: Register, size: int
) -> None:
    artifacts = [await register.holds(risk=1 + number % 3) for number in range(12)]
    ranking = [each.id for each in sorted(artifacts, key=_ranked, reverse=True)]
    assert await _turn_pages(register, ArtifactQuery(), size) == ranking


async def test_what_comes_in_while_pages_turn_moves_nothing(register: Register) -> None:
    for _ in range(6):
        await register.holds(risk=2)
    first = await register.asked(page, ArtifactQuery(), 3)
    await register.holds(risk=3)  # ranks before
    await register.holds(risk=2)  # ranks alike, its key is newer
    await register.holds(risk=1)  # ranks behind
    second = await register.asked(page, ArtifactQuery(), 3, first.after)
    assert [a.id for a in first.artifacts] == [6, 5, 4]
    assert [a.id for a in second.artifacts] == [3, 2, 1]
    third = await register.asked(page, ArtifactQuery(), 3, second.after)
    assert [a.id for a in third.artifacts] == [9]


async def test_a_page_just_full_is_the_last(register: Register) -> None:
    await register.holds()
    await register.holds()
    assert (await register.asked(page, ArtifactQuery(), 2)).after is None
    assert (await register.asked(page, ArtifactQuery(), 1)).after is not None


async def test_a_digest_asks_for_the_most_pressing_first(register: Register) -> None:
    await register.holds()
    await register.holds(expires_on=TODAY - days(1), risk=1)
    await register.holds(expires_on=TODAY - days(1), risk=3)
    await register.holds(expires_on=SOON, risk=2, team="search")
    needed = await register.asked(needing, ALL, 2)
    assert [each.id for each in needed] == [3, 4]
    team = await register.asked(needing, Scope(ScopeKind.TEAM, "payments"), 5)
    assert [each.id for each in team] == [3, 2]


async def test_a_digest_counts_by_label(register: Register) -> None:
    for label in (Label.DURABLE, Label.DURABLE, Label.TEMPORARY):
        await register.holds(label=label, expires_on=TODAY - days(1))
    await register.holds()
    assert await register.asked(count_needing, ALL) == {"durable": 2, "temporary": 1}
    assert await register.asked(count_needing, Scope(ScopeKind.REPO, "no/such")) == {}


async def test_news_is_what_people_did_the_newest_first(register: Register) -> None:
    for _ in range(3):
        await register.holds()
    await register.told(by(DANA, at=NOW), review, 1)
    await register.told(by(DANA, at=NOW + timedelta(hours=1)), rate, 2, {"risk": 3})
    news = await register.asked(changed_since, ALL, NOW - days(1), 5)
    assert [each.id for each in news] == [2, 1]
    assert await register.asked(changed_since, ALL, NOW, 5) == news[:1]
    elsewhere = Scope(ScopeKind.TEAM, "search")
    assert await register.asked(changed_since, elsewhere, NOW - days(1), 5) == []


async def test_several_come_by_key_and_unknown_ones_are_left_out(register: Register) -> None:
    for _ in range(3):
        await register.holds()
    assert set(await register.asked(several, [3, 1, 99])) == {1, 3}
    assert await register.asked(several, []) == {}


async def test_everything_comes_by_key_with_what_has_ended(register: Register) -> None:
    for stage in (Stage.CREATED, Stage.RETIRED, Stage.RETAINED):
        await register.holds(stage=stage)
    first = await register.asked(everything, 0, 2)
    rest = await register.asked(everything, 2, 2)
    assert [a.id for a in [*first, *rest]] == [1, 2, 3]


async def test_every_team_an_artifact_named_is_known_once(register: Register) -> None:
    for team in ("search", "payments", "search", None):
        await register.holds(team=team)
    assert await register.asked(teams) == ["payments", "search"]


async def test_an_artifact_comes_back_as_it_was_written(register: Register) -> None:
    written = await register.holds(
        name="日本 🤖 O'Brien",
        paths=("a b/*.py", "ü/**"),
        surface=Surface.CUSTOMER,
        ratings=Ratings(*(Rating(2, "“usual”", 5, "said \\ so") for _ in range(4))),
        last_touched=TODAY,
        reviewed_on=TODAY,
        monthly_minutes=90,
        scan_identity="path:ü",
        changed_at=NOW,
        changed_by=DANA,
        changed_how="added",
    )
    assert await register.artifact() == written


async def test_hours_make_news_of_it(register: Register) -> None:
    await register.holds()
    await register.told(DANA, log, 1, 90, kind=Work.REVIEW, worked_on=TODAY)
    [news] = await register.asked(changed_since, ALL, NOW - days(1), 5)
    assert (news.changed_by, news.changed_how) == (DANA, "1.5 h logged")
