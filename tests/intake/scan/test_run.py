"""From a repository to proposals and back: what people said of it counts the next time, too."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from debt.artifact.artifact import CodeState, Stage
from debt.artifact.columns import Facts
from debt.change import Change
from debt.metrics.conditions import ObservationKind
from debt.policy.policy import Policy
from debt.scope import Scope, ScopeKind
from intake.git.repository import UnreadableRepository
from intake.scan.apply import Applied, summary
from intake.scan.run import scan
from storage.database.store import Store
from storage.lifecycle import proposals
from storage.lifecycle.registration import add as put_on_register
from storage.metrics import observations
from storage.metrics.observations import Observed
from storage.register import evidence
from tests.intake.repositories import BY_CLAUDE, Story, Text, code, git
from tests.intake.spreadsheets import NOW, change, imported
from tests.storage.builders import DANA, POLICY, Register, a_subscription

WITH_CLAUDE = "Work\n\n" + BY_CLAUDE


@pytest.fixture
def register(store: Store) -> Register:
    return Register(store)


async def scanned(
    register: Register, story: Story, policy: Policy = POLICY, since: date | None = None
) -> Applied:
    by = Change("cli:dana", NOW, policy)
    return await scan(register.store, by, story.path, name="acme/shop", since=since)


def names(applied: Applied) -> list[str]:
    return [artifact.name for artifact in applied.result.created]


async def test_what_a_scan_finds_waits_for_a_yes(register: Register, story: Story) -> None:
    story.commit(WITH_CLAUDE, {"src/retry/worker.py": code(60)})
    found = await scanned(register, story)
    assert [artifact.stage for artifact in found.result.created] == [Stage.PROPOSED]
    artifact = await register.artifact(1)
    assert (artifact.live, artifact.expires_on, artifact.review_on) == (False, None, None)
    await register.told(DANA, proposals.accept, 1)
    accepted = await register.artifact(1)
    assert accepted.stage is Stage.CREATED
    assert accepted.expires_on == NOW.date() + timedelta(days=365)
    assert (await register.last_entry()).action == "accept"


async def test_incidents_that_name_an_artifact_raise_its_risk(
    register: Register, story: Story
) -> None:
    """For a year; those of another artifact, or that name none, do not."""
    story.commit(WITH_CLAUDE, {"src/retry/worker.py": code(60), "src/tax/levy.py": code(60, "tax")})
    await scanned(register, story)
    before = (await register.artifact(1)).ratings.risk.proxy
    assert before is not None
    days = (NOW.date(), NOW.date() - timedelta(days=300), NOW.date() - timedelta(days=400))
    entered = [incident(f"I{at}", day, 1) for at, day in enumerate(days)]
    entered.append(incident("I9", NOW.date(), None))
    async with register.store.change() as session:
        await observations.put(session, Change(DANA, NOW, POLICY), entered)
    again = await scanned(register, story)
    assert [new.key for _, new in again.result.changed] == ["D-1"]
    risk = (await register.artifact(1)).ratings.risk
    assert (risk.proxy, risk.reason) == (
        before + 1,
        "production integration, 2 incidents in a year",
    )


def incident(ref: str, day: date, artifact_id: int | None) -> Observed:
    return Observed(ObservationKind.INCIDENT, ref, "acme/shop", day, artifact_id=artifact_id)


async def test_not_more_wait_than_the_policy_lets(register: Register, story: Story) -> None:
    """The rest waits its turn, costliest first; a second scan brings nothing before an answer."""
    sizes: dict[Text, Text] = {
        f"src/part{number}/worker.py": code(40 * number, f"v{number}") for number in (1, 2, 5)
    }
    story.commit(WITH_CLAUDE, sizes)
    few = POLICY.model_copy(update={"scan": POLICY.scan.model_copy(update={"max_new": 2})})
    first = await scanned(register, story, few)
    assert (len(first.result.created), len(first.result.waiting)) == (2, 1)
    assert "1 more wait until those are answered" in summary(first)
    again = await scanned(register, story, few)
    assert (again.result.created, again.result.changed, len(again.result.waiting)) == ((), (), 1)
    await register.told(DANA, proposals.accept, 1)
    assert len((await scanned(register, story, few)).result.created) == 1


async def test_what_is_not_ai_produced_stays_away(register: Register, story: Story) -> None:
    """Its file, too, where another one beside it is found later."""
    story.commit(WITH_CLAUDE, {"src/retry/worker.py": code(60)})
    await scanned(register, story)
    await register.told(DANA, proposals.dismiss, 1, "typed by hand")
    assert names(await scanned(register, story)) == []
    story.commit(WITH_CLAUDE, {"src/retry/queue.py": code(70, "queue")})
    found = await scanned(register, story)
    assert [artifact.paths for artifact in found.result.created] == [("src/retry/queue.py",)]
    assert (await register.artifact(1)).stage is Stage.DISMISSED


async def test_what_is_not_ai_produced_stays_away_wherever_it_is_moved(
    register: Register, story: Story
) -> None:
    """One by one, and from its new place again; what tools write beside it there is proposed."""
    files: dict[Text, Text] = {"src/retry/worker.py": code(60), "src/retry/queue.py": code(50, "q")}
    story.commit(WITH_CLAUDE, files)
    await scanned(register, story)
    await register.told(DANA, proposals.dismiss, 1, "typed by hand")
    story.commit("Move", renames={"src/retry/worker.py": "lib/worker.py"}, on="2026-11-24")
    story.commit("Move", renames={"src/retry/queue.py": "tests/queue.py"}, on="2026-11-24")
    assert names(await scanned(register, story)) == []
    story.commit("Move", renames={"lib/worker.py": "jobs/worker.py"}, on="2026-11-24")
    story.commit(WITH_CLAUDE, {"jobs/tax.py": code(70, "tax")}, on="2026-11-24")
    found = await scanned(register, story)
    assert [artifact.paths for artifact in found.result.created] == [("jobs/tax.py",)]


async def test_a_move_on_a_branch_that_is_merged_later_brings_nothing_back(
    register: Register, story: Story
) -> None:
    story.commit("Begin", {"README.md": "Shop"}, on="2026-05-01")
    begun = story.commit(WITH_CLAUDE, {"src/worker.py": code(60)}, on="2026-06-01")
    await scanned(register, story)
    await register.told(DANA, proposals.dismiss, 1, "typed by hand")
    story.branch("move", begun)
    moved = story.commit("Move", renames={"src/worker.py": "lib/worker.py"}, branch="move")
    renames: dict[Text, Text] = {"src/worker.py": "lib/worker.py"}
    story.commit("Merge", renames=renames, merges=[moved], on="2026-11-24")
    assert names(await scanned(register, story)) == []


async def test_what_left_a_directory_before_it_was_dismissed_is_still_proposed(
    register: Register, story: Story
) -> None:
    story.commit(WITH_CLAUDE, {"src/retry/levy.py": code(80, "levy")})
    story.commit("Move", renames={"src/retry/levy.py": "src/tax/levy.py"})
    story.commit(WITH_CLAUDE, {"src/retry/worker.py": code(60), "src/retry/queue.py": code(50)})
    found = await scanned(register, story)
    of_retry = next(each for each in found.result.created if each.paths == ("src/retry/**",))
    await register.told(DANA, proposals.dismiss, of_retry.id, "typed by hand")
    again = await scanned(register, story)
    assert (again.result.created, again.result.unchanged) == ((), 1)


async def test_what_was_dismissed_can_be_accepted_after_all(
    register: Register, story: Story
) -> None:
    story.commit(WITH_CLAUDE, {"src/retry/worker.py": code(60)})
    await scanned(register, story)
    await register.told(DANA, proposals.dismiss, 1, "")
    await register.told(DANA, proposals.accept, 1)
    assert (await register.artifact(1)).stage is Stage.CREATED
    assert (await scanned(register, story)).result.unchanged == 1


async def test_globs_that_a_person_gave_are_that_artifact(register: Register, story: Story) -> None:
    """The scan estimates what it costs, finds nothing else in its files, and leaves its paths."""
    sheet = "name,repo,paths,kind\nRetries,acme/shop,src/retry/**,prototype_service\n"
    await imported(register.store, sheet)
    story.commit(WITH_CLAUDE, {"src/retry/worker.py": code(60), "src/retry/queue.py": code(50)})
    story.commit("By hand", {"src/retry/base.py": code(400, "base")})
    found = await scanned(register, story)
    assert names(found) == []
    artifact = await register.artifact(1)
    assert (artifact.name, artifact.paths) == ("Retries", ("src/retry/**",))
    assert artifact.evidence == (
        "declared on the register; 110 of 510 added lines by Claude Code in 1 commit"
    )
    assert artifact.ratings.complexity.proxy_reason == "510 lines, 0 branches; no test names it"
    assert (await scanned(register, story)).result.unchanged == 1


async def test_an_artifact_stays_one_until_tools_have_little_of_it(
    register: Register, story: Story
) -> None:
    """Half is what makes it one; below a third it is people's code, for somebody to say so."""
    story.commit(WITH_CLAUDE, {"src/retry/worker.py": code(100)})
    await scanned(register, story)
    await register.told(DANA, proposals.accept, 1)
    story.commit("More", {"src/retry/worker.py": code(250)})
    assert (await scanned(register, story)).result.taken_over == ()
    assert (await register.artifact(1)).code_state is None
    story.commit("More", {"src/retry/worker.py": code(400)})
    assert (await scanned(register, story)).result.taken_over == ("D-1",)
    assert (await register.artifact(1)).code_state is CodeState.TAKEN_OVER
    again = await scanned(register, story)
    assert (again.result.changed, again.result.taken_over) == ((), ("D-1",))


async def test_a_scan_of_a_part_of_history_takes_nothing_for_people_s_code(
    register: Register, story: Story, tmp_path: Path
) -> None:
    """What tools wrote before the day that was asked for, or before a shallow clone begins."""
    story.commit(WITH_CLAUDE, {"src/retry/worker.py": code(100)})
    await scanned(register, story)
    await register.told(DANA, proposals.accept, 1)
    story.commit("By hand", {"src/tax/levy.py": code(50, "tax")}, on="2026-07-01")
    since = await scanned(register, story, since=date(2026, 6, 15))
    assert (since.result.changed, since.result.taken_over) == ((), ())
    shallow = tmp_path / "shallow"
    git(tmp_path, "clone", "-q", "--depth=1", story.path.as_uri(), str(shallow))
    newest = await scan(register.store, change(), shallow, name="acme/shop")
    assert (newest.scan.commits, newest.result.changed, newest.result.taken_over) == (1, (), ())


async def test_a_head_without_commits_is_no_empty_repository(
    register: Register, story: Story
) -> None:
    """As in a bare repository made for `master` into which `main` was pushed."""
    story.commit(WITH_CLAUDE, {"src/retry/worker.py": code(100)})
    await scanned(register, story)
    await register.told(DANA, proposals.accept, 1)
    git(story.path, "symbolic-ref", "HEAD", "refs/heads/master")
    with pytest.raises(UnreadableRepository, match="refs/heads/master, where no commit is"):
        await scanned(register, story)
    assert (await register.artifact(1)).code_state is None


async def test_whose_code_is_gone_is_for_somebody_to_retire_until_it_is_back(
    register: Register, story: Story
) -> None:
    story.commit(WITH_CLAUDE, {"src/retry/worker.py": code(60), "README.md": "Shop"})
    await scanned(register, story)
    await register.told(DANA, proposals.accept, 1)
    story.commit("Drop it", deletes=["src/retry/worker.py"])
    assert (await scanned(register, story)).result.missing == ("D-1",)
    assert (await register.artifact(1)).code_state is CodeState.GONE
    story.commit(WITH_CLAUDE, {"src/retry/worker.py": code(60)})
    await scanned(register, story)
    assert (await register.artifact(1)).code_state is None


async def test_a_proposal_whose_code_is_gone_is_withdrawn(register: Register, story: Story) -> None:
    story.commit(WITH_CLAUDE, {"src/retry/worker.py": code(60), "README.md": "Shop"})
    await scanned(register, story)
    story.commit("Drop it", deletes=["src/retry/worker.py"])
    await scanned(register, story)
    assert (await register.artifact(1)).stage is Stage.RETIRED
    assert (await register.last_entry()).action == "withdraw"


async def test_who_subscribed_is_told_of_all_finds_in_one_message(
    register: Register, story: Story
) -> None:
    async with register.store.change() as session:
        session.add(a_subscription("C0ALL"))
        mine = a_subscription("C0SHOP", subscriber=DANA, scope="repo", scope_name="acme/shop")
        session.add(mine)
    story.commit(WITH_CLAUDE, {f"src/part{n}/worker.py": code(60, f"v{n}") for n in range(3)})
    for _ in range(2):
        await scanned(register, story)
    told = await register.messages()
    assert [(each.key, each.person) for each in told] == [("proposals:1", DANA)]
    assert told[0].facts == {"repo": "acme/shop", "numbers": [1, 2, 3], "waiting": 0}


async def test_all_of_a_repository_are_accepted_at_once(register: Register, story: Story) -> None:
    story.commit(WITH_CLAUDE, {f"src/part{n}/worker.py": code(60, f"v{n}") for n in range(3)})
    await scanned(register, story)
    other = Scope(ScopeKind.REPO, "acme/other")
    assert await register.told(DANA, proposals.accept_all, None, other) == 0
    shop = Scope(ScopeKind.REPO, "acme/shop")
    assert await register.told(DANA, proposals.accept_all, None, shop) == 3
    assert await register.asked(proposals.count) == 0


async def test_an_artifact_follows_its_code_to_another_directory(
    register: Register, story: Story
) -> None:
    """Its key, its owner and what was said of it stay; only its paths are others."""
    story.commit(
        WITH_CLAUDE, {"src/retry/worker.py": code(60), "src/retry/queue.py": code(50, "queue")}
    )
    await scanned(register, story)
    await register.told(DANA, proposals.accept, 1)
    story.commit(
        "Move",
        renames={
            "src/retry/worker.py": "payments/retries/worker.py",
            "src/retry/queue.py": "payments/retries/queue.py",
        },
    )
    for _ in range(2):
        found = await scanned(register, story)
        assert (found.result.created, found.result.missing) == ((), ())
    artifact = await register.artifact(1)
    assert artifact.paths == ("payments/retries/**",)
    assert found.result.unchanged == 1


async def test_an_artifact_follows_its_code_though_a_document_stays_behind(
    register: Register, story: Story
) -> None:
    files: dict[Text, Text] = {"src/retry/worker.py": code(60), "src/retry/README.md": "Retries"}
    story.commit(WITH_CLAUDE, files | {"src/retry/queue.py": code(50, "queue")})
    await scanned(register, story)
    await register.told(DANA, proposals.accept, 1)
    moves: dict[Text, Text] = {
        f"src/retry/{name}.py": f"jobs/{name}.py" for name in ("worker", "queue")
    }
    story.commit("Move", renames=moves)
    found = await scanned(register, story)
    assert (found.result.created, found.result.taken_over) == ((), ())
    assert (await register.artifact(1)).paths == ("jobs/**",)


async def test_what_left_a_place_before_an_artifact_began_there_is_not_its_code(
    register: Register, story: Story
) -> None:
    """Each keeps what it is when the younger one's code is deleted."""
    story.commit(WITH_CLAUDE, {"src/retry/old.py": code(60)}, on="2025-02-01")
    story.commit("Move", renames={"src/retry/old.py": "lib/old.py"}, on="2025-03-01")
    files = ["src/retry/worker.py", "src/retry/queue.py"]
    story.commit(WITH_CLAUDE, {path: code(80, path[-6:-3]) for path in files}, on="2026-03-01")
    found = await scanned(register, story)
    where = {artifact.paths: artifact.id for artifact in found.result.created}
    young, old = where["src/retry/**",], where["lib/old.py",]
    await register.told(DANA, proposals.accept_all)
    story.commit("Drop it", deletes=files, on="2026-05-01")
    found = await scanned(register, story)
    assert (found.result.missing, found.result.taken_over) == ((f"D-{young}",), ())
    assert (await register.artifact(old)).paths == ("lib/old.py",)


async def test_globs_that_a_person_gave_follow_the_code_too(
    register: Register, story: Story
) -> None:
    await imported(register.store, "name,repo,paths\nRetries,acme/shop,src/retry/worker.py\n")
    story.commit(WITH_CLAUDE, {"src/retry/worker.py": code(60)})
    await scanned(register, story)
    story.commit("Move", renames={"src/retry/worker.py": "payments/worker.py"})
    await scanned(register, story)
    artifact = await register.artifact(1)
    assert (artifact.name, artifact.paths) == ("Retries", ("payments/worker.py",))


async def test_what_a_metadata_block_says_is_an_artifact_follows_its_code_too(
    register: Register, story: Story
) -> None:
    """The block goes with its file or its directory, and need not name the key."""
    block = "debt:\n  name: Pay job\n  owner: dana@example.com\n"
    said = "# debt-name: Retries\n# ai-generated: yes\n"
    files: dict[Text, Text] = {"pay/debt.yml": block, "pay/a.py": code(60)}
    story.commit("Begin", files | {"src/retry.py": said + code(50, "retry")})
    found = await scanned(register, story)
    where = {artifact.name: artifact.id for artifact in found.result.created}
    await register.told(DANA, proposals.accept_all)
    moves: dict[Text, Text] = {"pay/debt.yml": "jobs/debt.yml", "pay/a.py": "jobs/a.py"}
    story.commit("Move", renames=moves | {"src/retry.py": "lib/retry.py"})
    found = await scanned(register, story)
    assert (found.result.created, found.result.missing) == ((), ())
    assert (await register.artifact(where["Pay job"])).paths == ("jobs/**",)
    assert (await register.artifact(where["Retries"])).paths == ("lib/retry.py",)
    assert (await scanned(register, story)).result.changed == ()


async def test_what_only_a_person_declared_follows_its_code_too(
    register: Register, story: Story
) -> None:
    """No commit says that a tool wrote it. A directory stays one unless it has others' files."""
    sheet = "name,repo,paths\nRetries,acme/shop,src/retry/**\nTax,acme/shop,src/tax/**\n"
    await imported(register.store, sheet)
    names = ("src/retry/worker.py", "src/retry/in/queue.py", "src/tax/levy.py", "lib/log.py")
    story.commit("Begin", {name: code(60, f"of_{at}") for at, name in enumerate(names)})
    await scanned(register, story)
    moves: dict[Text, Text] = {
        name: name.replace("src/retry", "payments/retries") for name in names[:2]
    }
    story.commit("Move", renames=moves | {"src/tax/levy.py": "lib/levy.py"})
    found = await scanned(register, story)
    assert (found.result.created, found.result.missing) == ((), ())
    assert (await register.artifact(1)).paths == ("payments/retries/**",)
    assert (await register.artifact(2)).paths == ("lib/levy.py",)
    assert (await scanned(register, story)).result.changed == ()


async def test_what_was_copied_and_then_deleted_has_gone(register: Register, story: Story) -> None:
    """Only what git calls a move is one."""
    story.commit(WITH_CLAUDE, {"src/retry/worker.py": code(60), "README.md": "Shop"})
    await scanned(register, story)
    await register.told(DANA, proposals.accept, 1)
    story.commit(WITH_CLAUDE, {"payments/worker.py": code(60)})
    story.commit("Drop it", deletes=["src/retry/worker.py"])
    found = await scanned(register, story)
    assert found.result.missing == ("D-1",)
    assert len(found.result.created) == 1


async def test_what_a_person_declared_stays_evidence_beside_what_a_scan_reads(
    register: Register, story: Story
) -> None:
    sha = story.commit(WITH_CLAUDE, {"src/retry/worker.py": code(60)})
    facts = Facts(name="Retries", repo="acme/shop", paths=("src/retry/**",), origin_tool="Cursor")
    await register.told(DANA, put_on_register, facts)
    assert [piece.source for piece in await register.asked(evidence.of, 1)] == ["declared"]
    for _ in range(2):
        await scanned(register, story)
        pieces = await register.asked(evidence.of, 1)
        assert [(piece.source, piece.tool, piece.commit) for piece in pieces] == [
            ("declared", "Cursor", None),
            ("trailer", "Claude Code", sha),
        ]
