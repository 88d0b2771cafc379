"""Help is built from the features; unknown words get the nearest verb."""

import pytest

from bot.features import VERBS
from sandbox import Person


@pytest.mark.parametrize("words", ["/debt", "/debt help", "/debt HELP", "/debt   help  "])
async def test_help_lists_every_verb_once(words: str, dana: Person) -> None:
    reply = await dana.types(words)
    assert reply.ephemeral
    for verb in VERBS.values():
        assert reply.text.count(f"/debt {verb.name} ") == 1
        assert verb.summary in reply.text
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


async def test_a_word_like_no_other_is_pointed_to_help(dana: Person) -> None:
    reply = await dana.types("/debt xyzzy")
    assert reply.text == "I do not know “xyzzy”. /debt help lists what I do."
