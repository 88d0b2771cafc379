"""A scan on the register: what is new, what is renewed, and what people said stays said."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from debt.artifact.artifact import Artifact, Ending, Stage
from debt.artifact.evidence import Confidence, EvidencePiece, EvidenceSource
from debt.artifact.proxy import ProxyRating
from debt.artifact.signals import FORSAKEN, Sign, Signal
from debt.change import Change
from intake.findings.findings import Finding
from intake.findings.ratings import CommitActivity, frequency
from intake.git.presence import tracked
from intake.scan.apply import Applied, apply, as_json, details, rehearse, share, summary
from intake.scan.scan import Scan, read_repository
from storage.database.store import Store
from storage.lifecycle import maintenance, proposals
from storage.register import evidence
from storage.register.artifacts import save
from tests.intake.repositories import BY_CLAUDE, Story, agent, attested, code
from tests.intake.spreadsheets import NOW, change, exported, imported
from tests.storage.builders import DANA, POLICY, Register, a_person


@pytest.fixture
def register(store: Store) -> Register:
    return Register(store)


def a_finding(identity: str = "one", **changes: Any) -> Finding:
    usual: dict[str, Any] = {
        "identity": identity,
        "name": f"retry {identity}",
        "kind": "production_integration",
        "paths": (f"src/{identity}/**",),
        "service": "payments",
        "team": "payments",
        "owner": None,
        "owner_suggestion": "@dana",
        "origin_tool": "Claude Code",
        "origin_model": None,
        "created_on": date(2026, 3, 2),
        "last_touched": date(2026, 11, 20),
        "frequency": ProxyRating(4, "37 commits in 90 days"),
        "complexity": ProxyRating(3, "900 lines, 80 branches"),
        "risk": ProxyRating(3, "production integration"),
        "friction": ProxyRating(2, "silent for 12 days"),
        "dependants": 2,
        "files": 3,
        "lines": 900,
        "ai_lines": 700,
        "added_lines": 1_000,
        "evidence": "700 of 1,000 added lines by Claude Code in 9 commits",
    }
    return Finding(**usual | changes)


def a_scan(*findings: Finding, **changes: Any) -> Scan:
    usual: dict[str, Any] = {
        "repo": "acme/checkout",
        "head": "a" * 40,
        "commits": 5_120,
        "ai_commits": 340,
        "ai_lines": 700,
        "all_lines": 2_000,
        "findings": findings,
        "mixed": 41,
        "notes": ("AI shares are lower bounds.",),
    }
    return Scan(**usual | changes)


async def applied(register: Register, *findings: Finding, **changes: Any) -> Applied:
    return await apply(register.store, change(), a_scan(*findings, **changes))


async def is_told(register: Register, old: Artifact, **changes: Any) -> Artifact:
    """A person changes an artifact."""
    async with register.store.change() as session:
        by = Change(DANA, NOW, POLICY)
        return await save(session, by, old, replace(old, **changes), action="edit", how="changed")


async def test_a_finding_becomes_a_proposal_that_says_where_it_was_read(
    register: Register,
) -> None:
    await applied(register, a_finding(owner="Dana@Example.com"))
    artifact = await register.artifact(1)
    assert (artifact.stage, artifact.owner) == (Stage.PROPOSED, "dana@example.com")
    assert artifact.ratings.frequency.reason == "37 commits in 90 days"
    assert not artifact.ratings.frequency.by_person
    assert artifact.evidence == "700 of 1,000 added lines by Claude Code in 9 commits"
    assert len(artifact.scan_identity or "") == 64
    entry = await register.last_entry()
    assert (entry.action, entry.reason) == ("scan", "scanned at aaaaaaaaaaaa")


async def test_a_suggested_owner_is_no_owner(register: Register) -> None:
    await applied(register, a_finding())
    assert await register.owner(1) is None


async def test_an_owner_whom_slack_knows_is_that_person(register: Register) -> None:
    async with register.store.change() as session:
        session.add(a_person("U0DANA", email="dana@example.com"))
    await applied(register, a_finding(owner="dana@example.com"))
    assert await register.owner(1) == "U0DANA"


async def test_a_second_scan_changes_nothing(register: Register) -> None:
    await applied(register, a_finding("one"), a_finding("two"))
    before = await register.count(), await exported(register.store)
    again = await applied(register, a_finding("one"), a_finding("two"))
    assert (again.result.created, again.result.changed, again.result.unchanged) == ((), (), 2)
    assert (await register.count(), await exported(register.store)) == before


async def test_what_is_on_its_way_out_ends_once_none_of_its_paths_is_left(
    register: Register,
) -> None:
    """Anything else that is gone is for somebody to retire, and stays what it is."""
    await applied(register, a_finding("one"), a_finding("two"))
    await register.told(DANA, proposals.accept_all)
    one = await register.artifact(1)
    await is_told(register, one, stage=Stage.RETIRING, planned_end=Ending.REFACTOR)
    there = await applied(register, tracked=tracked([*one.paths, "src/two/x.py"]))
    assert (there.result.finished, there.result.missing) == ((), ())
    gone = await applied(register, tracked=tracked(["README.md"]))
    assert [artifact.key for artifact in gone.result.finished] == ["D-1"]
    assert gone.result.missing == ("D-2",)
    assert "2 artifacts of which no path is left" in summary(gone)
    assert (await register.artifact(1)).stage is Stage.REFACTORED
    entry = (await register.entries(1))[-1]
    assert (entry.action, entry.reason) == (
        "end", "none of its paths is in the repository any more",
    )  # fmt: skip
    again = await applied(register, tracked=tracked(["README.md"]))
    assert again.result.finished == ()


async def test_other_words_for_the_same_estimate_change_nothing(register: Register) -> None:
    await applied(register, a_finding())
    again = await applied(register, a_finding(friction=ProxyRating(2, "silent for 13 days")))
    assert again.result.changed == ()


def commits(in_a_year: int) -> ProxyRating:
    found = CommitActivity(in_a_year, in_a_year)
    return frequency(POLICY.measure, in_90_days=found, in_a_year=found, age_days=900)


async def test_an_estimate_that_wavers_around_a_cut_stays_and_a_real_change_moves_it(
    register: Register,
) -> None:
    """36 commits a year are 3 a month, which is the cut between 3 and 4."""
    ratings = []
    for in_a_year in (34, 38, 33, 41, 35, 60, 37, 33, 30, 41):
        await applied(register, a_finding(frequency=commits(in_a_year)))
        ratings.append((await register.artifact(1)).ratings.frequency.value)
    assert ratings == [3, 3, 3, 3, 3, 4, 4, 4, 3, 3]


async def test_an_estimate_is_kept_with_what_was_measured_and_its_scale(
    register: Register,
) -> None:
    await applied(register, a_finding(frequency=commits(60)))
    kept = (await register.artifact(1)).ratings.frequency
    assert (kept.raw, kept.scale) == ({"commits_a_month": 5.0, "days_a_month": 5.0}, "v1")
    await applied(register, a_finding(frequency=commits(10)))
    raw = (await register.artifact(1)).ratings.frequency.raw
    assert raw == {"commits_a_month": 0.833, "days_a_month": 0.833}


async def test_under_another_scale_an_estimate_starts_afresh(register: Register) -> None:
    await applied(register, a_finding(frequency=commits(34)))
    ours = commits(38)._replace(scale="v1+3f2a91")
    await applied(register, a_finding(frequency=ours))
    assert (await register.artifact(1)).ratings.frequency.value == 4


async def test_what_the_repository_changed_is_renewed(register: Register) -> None:
    await applied(register, a_finding())
    await applied(
        register,
        a_finding(
            frequency=ProxyRating(5, "60 commits in 90 days"),
            dependants=9,
            paths=("src/one/**", "src/more/**"),
            last_touched=date(2026, 11, 23),
        ),
    )
    artifact = await register.artifact(1)
    assert (artifact.ratings.frequency.value, artifact.dependants) == (5, 9)
    assert artifact.paths == ("src/one/**", "src/more/**")
    assert artifact.last_touched == date(2026, 11, 23)


UNTESTED = Signal(Sign.UNTESTED, "no test names it")
CHURN = Signal(Sign.CHURN, "changed 3× as often as people's code here")


async def test_what_is_seen_coming_is_kept_once_and_told_in_the_history(
    register: Register,
) -> None:
    await applied(register, a_finding(signals=(UNTESTED,)))
    assert (await register.artifact(1)).signals == (UNTESTED,)
    again = await applied(register, a_finding(signals=(UNTESTED,)))
    assert (again.result.changed, await register.count()) == ((), 1)
    await applied(register, a_finding(signals=(UNTESTED, CHURN)))
    assert (await register.artifact(1)).signals == (CHURN, UNTESTED)
    entry = await register.last_entry()
    assert (entry.before, entry.after) == (
        {"signals": [UNTESTED.words]}, {"signals": [CHURN.words, UNTESTED.words]},
    )  # fmt: skip
    await applied(register, a_finding())
    assert (await register.artifact(1)).signals == ()


async def test_a_signal_just_short_of_its_limit_neither_comes_nor_goes(register: Register) -> None:
    fading = replace(CHURN, firm=False)
    await applied(register, a_finding(signals=(fading,)))
    assert (await register.artifact(1)).signals == ()
    for signals in ((CHURN,), (fading,), (fading,)):
        await applied(register, a_finding(signals=signals))
        assert (await register.artifact(1)).signals == (CHURN,)


async def test_what_is_not_imported_any_more_is_missed_until_it_is(register: Register) -> None:
    for dependants, said in ((2, ()), (0, (FORSAKEN,)), (0, (FORSAKEN,)), (1, ())):
        await applied(register, a_finding(dependants=dependants))
        assert (await register.artifact(1)).signals == said


async def test_a_rehearsal_tells_what_it_sees_coming(register: Register) -> None:
    told = await rehearse(register.store, change(), a_scan(a_finding(signals=(CHURN, UNTESTED))))
    assert [line.partition("; watch: ")[2] for line in details(told)] == [
        "changed 3× as often as people's code here, no test names it"
    ]
    await applied(register, a_finding(signals=(UNTESTED,)))
    told = await rehearse(register.store, change(), a_scan(a_finding(signals=())))
    assert [*details(told)] == ["updated  D-1 retry one: signals no test names it → none"]


async def test_what_a_person_set_is_never_overwritten(register: Register) -> None:
    await applied(register, a_finding())
    await register.told(DANA, proposals.accept, 1)
    await register.told(DANA, maintenance.rate, 1, {"frequency": 1}, "it is quiet now")
    told = await is_told(
        register,
        await register.artifact(1),
        name="Retries",
        kind="prototype_service",
        owner=DANA,
        dependants=7,
        paths=("src/retries/**",),
    )
    await applied(register, a_finding(frequency=ProxyRating(5, "busy"), dependants=30))
    artifact = await register.artifact(1)
    rating = artifact.ratings.frequency
    assert (rating.value, rating.proxy) == (1, 5)
    same = ("name", "kind", "owner", "dependants", "paths", "expires_on", "label")
    assert [getattr(artifact, name) for name in same] == [getattr(told, name) for name in same]


async def test_an_imported_artifact_is_known_by_a_path_it_shares(register: Register) -> None:
    sheet = "name,repo,paths,dependants\nBy hand,acme/checkout,src/one/**;docs/**,3\n"
    await imported(register.store, sheet)
    await applied(register, a_finding("one"), a_finding("two"))
    by_hand, new = await register.artifact(1), await register.artifact(2)
    assert (by_hand.name, by_hand.paths) == ("By hand", ("src/one/**", "docs/**"))
    assert (by_hand.dependants, by_hand.ratings.frequency.proxy) == (3, 4)
    assert new.name == "retry two"
    assert (await applied(register, a_finding("one"), a_finding("two"))).result.unchanged == 2


async def test_dependants_that_nobody_gave_are_counted_by_the_scan(register: Register) -> None:
    await imported(register.store, "name,repo,paths\nBy hand,acme/checkout,src/one/**\n")
    await applied(register, a_finding(dependants=6))
    assert (await register.artifact(1)).dependants == 6


async def test_the_same_path_in_another_repository_is_another_artifact(register: Register) -> None:
    await imported(register.store, "name,repo,paths\nBy hand,acme/other,src/one/**\n")
    assert len((await applied(register, a_finding())).result.created) == 1


async def test_what_has_ended_is_not_brought_back(register: Register) -> None:
    await applied(register, a_finding())
    await is_told(register, await register.artifact(1), stage=Stage.REFACTORED)
    again = await applied(register, a_finding())
    assert (again.result.created, again.result.ended) == ((), 1)
    assert "1 belong to artifacts that have ended" in summary(again)


async def test_what_tools_write_anew_in_the_same_place_is_proposed_anew(register: Register) -> None:
    await applied(register, a_finding())
    await is_told(register, await register.artifact(1), stage=Stage.RETIRED)
    before = await applied(register, a_finding(written_on=NOW.date()))
    assert (before.result.created, before.result.ended) == ((), 1)
    anew = a_finding(written_on=NOW.date() + timedelta(days=7))
    again = await applied(register, anew)
    assert [(each.key, each.stage) for each in again.result.created] == [("D-2", Stage.PROPOSED)]
    once_more = await applied(register, anew)
    assert (once_more.result.created, once_more.result.unchanged) == ((), 1)


async def test_a_rehearsal_says_what_it_would_do_and_does_nothing(register: Register) -> None:
    await applied(register, a_finding("one"))
    before = await register.count()
    renewed = a_finding("one", risk=ProxyRating(5, "payments path"), dependants=9)
    told = await rehearse(register.store, change(), a_scan(renewed, a_finding("two")))
    assert await register.count() == before
    assert [*details(told)] == [
        f"proposed retry two (production_integration, score 72): {a_finding().evidence}",
        "updated  D-1 retry one: risk 3 → 5 (payments path); dependants 2 → 9",
    ]
    assert "1 would be proposed, 1 would be updated" in summary(told)
    (created,) = as_json(told, POLICY)["created"]
    assert created["key"] is None
    assert created["ratings"]["risk"]["reason"]


async def test_json_says_why_something_is_an_artifact_and_what_of_that_changed(
    register: Register,
) -> None:
    first = await applied(register, a_finding("one"))
    assert as_json(first, POLICY)["created"][0]["evidence"] == a_finding().evidence
    now = "700 of 1,200 added lines by Claude Code in 9 commits"
    again = as_json(await applied(register, a_finding("one", evidence=now)), POLICY)
    both = again["changed"][0]
    assert (both["before"]["evidence"], both["after"]["evidence"]) == (a_finding().evidence, now)


async def test_the_summary_is_short_and_calls_the_share_a_lower_bound(register: Register) -> None:
    told = await applied(register, a_finding("one"), a_finding("two"))
    assert summary(told) == (
        "2 artifacts from 340 AI commits in 5,120; 2 proposed, 0 updated; 41 mixed files left out"
    )
    assert share(told.scan) == "at least 35% of the added lines of code (700 of 2,000)"


def by_note(commit: str, tool: str | None = "Claude Code") -> EvidencePiece:
    return EvidencePiece(
        EvidenceSource.NOTE, tool, 12, Confidence.HIGH, model="opus", commit=commit
    )


async def test_evidence_is_kept_beside_its_artifact_newest_first(register: Register) -> None:
    trace = EvidencePiece(
        EvidenceSource.TRACE, None, 3, Confidence.LOW, path="src/a.py", first_line=4, last_line=6
    )
    pieces = by_note("b" * 40), by_note("a" * 40, None), trace
    await applied(register, a_finding("one", pieces=pieces), a_finding("two"))
    assert await register.asked(evidence.of, 1) == pieces
    assert await register.asked(evidence.of, 2) == ()


async def test_new_evidence_takes_the_place_of_the_old(register: Register) -> None:
    await applied(register, a_finding(pieces=(by_note("a" * 40),)))
    many = tuple(by_note(f"{number:040}") for number in range(450))
    await applied(register, a_finding(pieces=many), a_finding("two", pieces=many[:1]))
    assert await register.asked(evidence.of, 1) == many
    assert await register.asked(evidence.of, 2) == many[:1]
    await applied(register, a_finding(), a_finding("two", pieces=many[:1]))
    assert await register.asked(evidence.of, 1) == ()
    assert await register.asked(evidence.of, 2) == many[:1]


async def test_the_same_evidence_again_writes_no_history(register: Register) -> None:
    for _ in range(2):
        again = await applied(register, a_finding(pieces=(by_note("a" * 40),)))
    assert (again.result.changed, again.result.unchanged) == ((), 1)
    assert await register.count() == 1


async def test_a_rehearsal_keeps_no_evidence(register: Register) -> None:
    await applied(register, a_finding())
    told = a_finding(pieces=(by_note("a" * 40),))
    await rehearse(register.store, change(), a_scan(told))
    assert await register.asked(evidence.of, 1) == ()


async def test_evidence_that_changes_is_in_the_history_by_its_sentence(
    register: Register, story: Story
) -> None:
    """A note that arrives later agrees with the trailer; no line changes hands."""
    sha = story.commit("Retry\n\n" + BY_CLAUDE, {"src/retry/worker.py": code(60)})
    await apply(register.store, change(), read_repository(story.path, now=NOW))
    lines = "src/retry/worker.py\n  0123456789abcdef 1-60\n"
    story.note(sha, attested(lines, prompts={"0123456789abcdef": agent("claude")}))
    await apply(register.store, change(), read_repository(story.path, now=NOW))
    artifact = await register.artifact(1)
    assert artifact.evidence == (
        "60 of 60 added lines by Claude Code in 1 commit; markers on 1 commit, notes on 1 of them"
    )
    entry = await register.last_entry()
    assert (entry.action, list(entry.after or {})) == ("scan", ["evidence"])
    kept = await register.asked(evidence.of, 1)
    assert [(piece.source, piece.commit) for piece in kept] == [("trailer", sha), ("note", sha)]


async def test_a_real_repository_comes_in_once(register: Register, story: Story) -> None:
    story.commit("Retry\n\n" + BY_CLAUDE, {"src/retry/worker.py": code(60)}, on="2026-11-01")
    for _ in range(2):
        scan = read_repository(story.path, name="acme/shop", now=NOW)
        await apply(register.store, change(), scan)
    assert len(scan.findings) == 1
    assert await register.count() == 1
    later = read_repository(story.path, name="acme/shop", now=NOW + timedelta(days=1))
    assert (await apply(register.store, change(), later)).result.unchanged == 1
