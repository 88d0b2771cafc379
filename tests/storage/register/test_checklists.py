"""What is shown for a checklist's items is kept with who and when, and is in the history."""

from dataclasses import replace
from datetime import date

import pytest

from debt.artifact.artifact import Artifact, Stage
from debt.change import Change
from debt.refusal import Refused
from storage.database.store import Session
from storage.register import checklists
from storage.register.artifacts import locked
from storage.register.checklists import Checklist
from tests.storage.builders import DANA, SAM, TODAY, Register, days


async def show(
    session: Session, change: Change, item: str, evidence: str, until: date | None = None
) -> None:
    artifact = await locked(session, 1)
    checklist = Checklist.PROMOTE
    await checklists.show(session, change, artifact, checklist, item, evidence, waived_until=until)


async def shown(register: Register, artifact: Artifact | None = None) -> dict[str, tuple[str, str]]:
    artifact = artifact or await register.artifact()
    found = await register.asked(checklists.shown, artifact, Checklist.PROMOTE)
    return {item: (each.by, each.evidence) for item, each in found.items()}


async def test_evidence_is_kept_with_who_gave_it_and_replaced_by_the_next(
    register: Register,
) -> None:
    await register.holds()
    await register.told(DANA, show, "tests", " https://ci/7 ")
    assert await shown(register) == {"tests": (DANA, "https://ci/7")}
    await register.told(SAM, show, "tests", "https://ci/8")
    assert await shown(register) == {"tests": (SAM, "https://ci/8")}
    entry = await register.last_entry()
    assert (entry.action, entry.by, entry.artifact_id) == ("show tests to promote", SAM, 1)
    assert entry.before == {"item": "tests", "evidence": "https://ci/7", "waived_until": None}


async def test_the_same_evidence_once_more_changes_nothing(register: Register) -> None:
    await register.holds()
    await register.told(DANA, show, "tests", "https://ci/7")
    entries = await register.count()
    await register.told(DANA, show, "tests", "https://ci/7")
    assert await register.count() == entries


async def test_the_same_words_are_somebody_elses_once_they_say_them(register: Register) -> None:
    await register.holds()
    await register.told(DANA, show, "tests", "all pass")
    await register.told(SAM, show, "tests", "all pass")
    assert await shown(register) == {"tests": (SAM, "all pass")}


async def test_a_waiver_has_its_reason_and_its_last_day(register: Register) -> None:
    await register.holds()
    until = TODAY + days(30)
    await register.told(DANA, show, "tests", "none fit yet", until)
    entry = await register.last_entry()
    assert (entry.action, entry.reason) == ("waive tests to promote", "none fit yet")
    assert entry.after is not None
    assert entry.after["waived_until"] == until.isoformat()


async def test_nothing_shows_nothing(register: Register) -> None:
    await register.holds()
    with pytest.raises(Refused, match="Say what shows it"):
        await register.told(DANA, show, "tests", " \n ")


async def test_what_has_ended_shows_nothing_more(register: Register) -> None:
    await register.holds(stage=Stage.RETIRED)
    with pytest.raises(Refused, match="D-1 has ended"):
        await register.told(DANA, show, "tests", "https://ci/7")


async def test_the_next_generation_has_to_show_its_own(register: Register) -> None:
    artifact = await register.holds()
    await register.told(DANA, show, "tests", "https://ci/7")
    assert await shown(register, replace(artifact, generation=2)) == {}
