"""Claim, release and handoff, as people do them in Slack."""

from sandbox import Person, Sandbox
from tests.bot.conftest import Ledger


async def test_who_claims_an_orphan_owns_it(dana: Person, ledger: Ledger) -> None:
    orphan = await ledger.add(owner=None)
    reply = await dana.types(f"/debt claim {orphan.key}")
    assert reply.ephemeral
    assert "owns Payment retry worker (D-1) now" in reply.text
    assert (await ledger.get(orphan)).owner == dana.id


async def test_an_owned_artifact_is_asked_for_and_changes_hands_on_accept(
    dana: Person, sam: Person, ledger: Ledger, process, slack: Sandbox
) -> None:
    owned = await ledger.add()
    reply = await sam.types(f"/debt claim {owned.key}")
    assert "I have asked" in reply.text
    await process.send()
    question = dana.dms()[-1]
    assert "would like to take over Payment retry worker" in question.shown
    reply = await dana.clicks(question, "Accept")
    assert (await ledger.get(owned)).owner == sam.id
    assert "You accepted" in question.shown
    await process.send()
    assert "accepted" in sam.dms()[-1].shown


async def test_claim_alone_opens_a_form_with_a_picker(dana: Person, ledger: Ledger) -> None:
    orphan = await ledger.add(owner=None, name="Ledger exporter")
    reply = await dana.types("/debt claim")
    assert reply.form is not None
    assert [str(found) for found in await reply.form.search("Artifact", "export")] == [
        "D-1 Ledger exporter"
    ]
    reply.form.choose("Artifact", "Ledger exporter")
    reply = await reply.form.submit()
    assert "owns Ledger exporter" in reply.text
    assert (await ledger.get(orphan)).owner == dana.id
