"""`/debt score`: a person's four ratings, beside those estimated by proxies."""

import re
from collections.abc import Mapping

from slack_sdk.models.blocks import Block

from bot.slack.call import Answer, Call, Modal, Reply
from bot.slack.feature import Feature, Verb
from bot.slack.form_state import at
from bot.slack.forms import artifact_input, form, select_input, text_input
from bot.slack.parsing import rest_of, words_of
from bot.slack.picker import pick_form, picked
from briefings.messages.message import plainly
from briefings.words.words import say
from debt.artifact.artifact import RATING_NAMES, Artifact, RatingName, parse_key
from debt.artifact.lifecycle import require_live
from debt.refusal import Refused
from debt.rules.score import SCALE
from storage.lifecycle import maintenance
from storage.register.artifacts import require

_ESTIMATE = "estimate"
_GIVEN = re.compile(r"(frequency|complexity|risk|friction)=([1-5]|estimate)", re.IGNORECASE)


async def score(call: Call) -> Answer:
    words = words_of(call.words)
    if not words:
        return pick_form(call, "score.pick", "Score an artifact", "Next")
    if len(words) == 1:
        return await score_form(call, parse_key(words[0]))
    given, reason = read_words(words[1:])
    return await _score(call, parse_key(words[0]), given, reason)


def read_words(words: list[str]) -> tuple[dict[RatingName, int | None], str]:
    """`4 3 5 2 why`, in the scale's order, or `risk=5 friction=estimate why`."""
    numbers = [word for word in words[:4] if re.fullmatch("[1-5]", word)]
    if len(numbers) == 4:
        return dict(zip(RATING_NAMES, map(int, numbers), strict=True)), rest_of(words[4:])
    matches = [match for word in words if (match := _GIVEN.fullmatch(word))]
    if not matches:
        raise Refused(
            "Say four ratings from 1 to 5 (Frequency, Complexity, Risk, Friction), "
            "or some by name: risk=5 friction=estimate."
        )
    given = {_named(match[1]): _value(match[2].casefold()) for match in matches}
    return given, rest_of([word for word in words if not _GIVEN.fullmatch(word)])


def _named(word: str) -> RatingName:
    return next(name for name in RATING_NAMES if name == word.casefold())


def _value(word: str) -> int | None:
    return None if word == _ESTIMATE else int(word)


async def score_form(call: Call, artifact_id: int) -> Modal:
    async with call.store.read() as session:
        artifact = await require(session, artifact_id)
    require_live(artifact.key, artifact.stage)
    blocks: list[Block] = [artifact_input(artifact)]
    blocks += [_rating_input(artifact, name) for name in RATING_NAMES]
    blocks.append(text_input("reason", "Reason", optional=True, longest=500))
    return Modal(form(call, "score.form", "Score", "Save", blocks))


def _rating_input(artifact: Artifact, name: RatingName) -> Block:
    rating = artifact.ratings[name]
    options = [(str(n), f"{n}: {words}") for n, words in enumerate(SCALE[name], 1)]
    options.append((_ESTIMATE, f"Leave it to the estimate ({rating.proxy})"))
    return select_input(
        name,
        name.capitalize(),
        options,
        initial=str(rating.person) if rating.by_person else _ESTIMATE,
        hint=say("score.estimate", rating=rating),
    )


async def _submitted(call: Call) -> Answer:
    given: dict[RatingName, int | None] = {
        name: _value(call.state.choice(name) or _ESTIMATE) for name in RATING_NAMES
    }
    with at("artifact"):
        return await _score(call, picked(call.state), given, call.state.text("reason"))


async def _score(
    call: Call, artifact_id: int, given: Mapping[RatingName, int | None], reason: str
) -> Reply:
    async with call.changing() as session:
        rated = await maintenance.rate(session, call.change, artifact_id, given, reason)
    ratings = [(name.capitalize(), rated.ratings[name]) for name in RATING_NAMES]
    words = say("score.rated", artifact=rated, who=call.who, ratings=ratings)
    return Reply(plainly(words), changed=rated)


async def _picked(call: Call) -> Answer:
    chosen = picked(call.state)
    with at("artifact"):
        return await score_form(call, chosen)


async def _pressed(call: Call) -> Answer:
    return await score_form(call, parse_key(call.value))


FEATURE = Feature(
    verbs=(
        Verb(
            "score",
            "[KEY] [4 3 5 2 | risk=5 | risk=estimate] [reason]",
            "rate Frequency, Complexity, Risk, Friction yourself, or give a rating back",
            score,
        ),
    ),
    buttons={"artifact.score": _pressed},
    forms={"score.pick": _picked, "score.form": _submitted},
)
