"""A file says otherwise than the register: its owner is asked once, and decides field by field."""

from pathlib import Path

import pytest

from debt.artifact.artifact import Artifact
from debt.change import Change
from debt.policy.policy import Policy
from intake.scan.apply import Applied, conflicts
from intake.scan.run import scan
from sandbox import Form, Person
from tests.bot.conftest import TUESDAY, Comes, Ledger, on_both_databases
from tests.intake.repositories import Story, code

HEAD = "# debt-key: D-1\n# owner: erin@example.com\n# purpose: Retries captures at night\n"


@pytest.fixture
def story(tmp_path: Path) -> Story:
    return Story(tmp_path / "shop")


async def scanned(ledger: Ledger, story: Story, policy: Policy) -> Applied:
    change = Change("cli:ops", TUESDAY, policy)
    return await scan(ledger.store, change, story.path, name="acme/checkout")


@pytest.fixture
async def disputed(ledger: Ledger, story: Story, policy: Policy) -> Artifact:
    """Dana's retry worker, whose file names another owner and another purpose."""
    artifact = await ledger.add(paths=("src/retry.py",))
    story.commit("Begin", {"src/retry.py": HEAD + code(30)})
    await scanned(ledger, story, policy)
    return await ledger.get(artifact)


async def form_of(person: Person) -> Form:
    form = (await person.clicks((await person.types("/debt show D-1")).message, "Compare")).form
    assert form is not None
    return form


@on_both_databases
async def test_the_owner_is_asked_once_and_what_they_take_is_the_registers_word(
    dana: Person, ledger: Ledger, disputed: Artifact, story: Story, policy: Policy, comes: Comes
) -> None:
    await comes()
    [message] = [each for each in dana.dms() if not each.ephemeral]
    assert "Payment retry worker (D-1): the file says otherwise about owner and purpose" in (
        message.shown
    )
    form = (await dana.clicks(message, "Compare")).form
    assert form is not None
    assert "The metadata block in src/retry.py says otherwise" in form.shown
    form.choose("Purpose", "Take the file’s: Retries captures at night")
    form.choose("Owner", "Keep the register’s")
    said = (await form.submit()).text
    assert "the file’s purpose, the register’s owner" in said
    artifact = await ledger.get(disputed)
    assert artifact.purpose == "Retries captures at night"
    assert artifact.owner == dana.id
    await comes()
    assert message.shown.startswith("✓ Nothing is left to decide here")
    entry = (await ledger.history(artifact))[0]
    assert (entry.action, entry.by) == ("compare", dana.id)

    again = await scanned(ledger, story, policy)
    assert [*conflicts(again)] == []
    await comes(days=1)
    assert len([each for each in dana.dms() if not each.ephemeral]) == 1


async def test_what_was_kept_is_asked_again_once_the_file_says_something_new(
    dana: Person, ledger: Ledger, disputed: Artifact, story: Story, policy: Policy
) -> None:
    form = await form_of(dana)
    form.choose("Purpose", "Keep the register’s")
    form.choose("Owner", "Keep the register’s")
    await form.submit()
    assert (await ledger.get(disputed)).disputed == ()
    story.commit("Shift", {"src/retry.py": "# retries\n" + HEAD + code(30)})
    assert [*conflicts(await scanned(ledger, story, policy))] == []
    story.commit("Reword", {"src/retry.py": HEAD.replace("night", "noon") + code(30)})
    await scanned(ledger, story, policy)
    assert (await ledger.get(disputed)).disputed == ("purpose",)


async def test_an_owner_changes_hands_by_its_own_verb_only(
    dana: Person, disputed: Artifact
) -> None:
    form = await form_of(dana)
    assert "The file says erin@example.com; “handoff” changes it" in form.shown
    with pytest.raises(LookupError):
        form.choose("Owner", "Take the file’s: erin@example.com")


async def test_who_changes_the_register_accordingly_has_settled_it(
    dana: Person, ledger: Ledger, disputed: Artifact
) -> None:
    await ledger.amend(disputed, purpose="Retries captures at night", owner="erin@example.com")
    assert (await ledger.get(disputed)).disputed == ()
    assert "Compare" not in (await dana.types("/debt show D-1")).text
