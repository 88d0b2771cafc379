"""Help is built from the features; unknown words get the nearest verb."""

import pytest

from bot.features.help import MEANT
from bot.features.table import VERBS
from sandbox import Person
from tests.bot.conftest import Ledger


@pytest.mark.parametrize("words", ["/debt", "/debt help", "/debt HELP", "/debt   help  "])
async def test_help_lists_every_verb_once(words: str, dana: Person) -> None:
    reply = await dana.types(words)
    assert reply.ephemeral
    for verb in VERBS.values():
        assert reply.text.count(f"/debt {verb.name} ") == 1
        assert verb.summary in reply.text
    assert "[" not in reply.text  # what may follow a verb is said of one at a time
    assert reply.text.endswith("In a direct message with me, leave out the slash.")


async def test_help_on_one_verb_says_how_it_is_used(dana: Person) -> None:
    for name, verb in VERBS.items():
        reply = await dana.types(f"/debt help {name}")
        assert reply.text == f"/debt {name} {verb.usage}".strip() + f": {verb.summary}."


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("clam D-7", "claim"), ("exted", "extend"), ("SHWO", "show"), ("help lst", "list")],
)
async def test_a_slip_of_the_finger_is_offered_the_right_verb(
    typed: str, meant: str, dana: Person
) -> None:
    assert f"Did you mean /debt {meant}?" in (await dana.types(f"/debt {typed}")).text


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("delete D-7", "retire"),
        ("Unclaim", "release"),
        ("transfer D-7 @erin", "handoff"),
        ("approve", "approvals"),
        ("help report", "metrics"),
        ("orphans", "list"),
    ],
)
async def test_who_says_it_in_other_words_is_offered_the_verb_that_they_mean(
    typed: str, meant: str, dana: Person
) -> None:
    assert f"Did you mean /debt {meant}?" in (await dana.types(f"/debt {typed}")).text


def test_every_word_that_stands_for_a_verb_leads_to_one_and_is_none() -> None:
    assert set(MEANT.values()) <= set(VERBS)
    assert not set(MEANT) & set(VERBS)


@pytest.mark.parametrize("words", ["thanks!", "bogus", "home"])
async def test_nobody_is_offered_a_verb_they_cannot_have_meant(words: str, dana: Person) -> None:
    assert "Did you mean" not in (await dana.types(f"/debt {words}")).text


@pytest.mark.parametrize("typed", ["/debt D-1", "/debt d-1", "/debt 1"])
async def test_a_key_alone_shows_its_artifact(typed: str, dana: Person, ledger: Ledger) -> None:
    await ledger.add(name="Retry worker")
    assert (await dana.types(typed)).text == (await dana.types("/debt show D-1")).text


async def test_a_word_like_no_other_is_pointed_to_help(dana: Person) -> None:
    reply = await dana.types("/debt xyzzy")
    assert reply.text == "I do not know “xyzzy”. /debt help lists what I do."
