"""`/debt help`, built from the features themselves; unknown words get the nearest verb."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from bot.call import Answer, Call, Reply
from bot.feature import Feature, Verb
from briefings.message import plainly
from briefings.words import say


def feature(features: Iterable[Feature]) -> Feature:
    """The help for these features, and for itself."""

    async def help_(call: Call) -> Answer:
        asked = next(iter(call.words.casefold().split()), None)
        if asked is None:
            return Reply(plainly(say("help.all", verbs=list(known.values()))))
        verb = known.get(asked)
        return Reply(plainly(say("help.one", verb=verb))) if verb else unknown(asked, known)

    spoken = [verb for each in features for verb in each.verbs]
    own = Verb("help", "[verb]", "what I can do", help_)
    known = {verb.name: verb for verb in (*spoken, own)}
    return Feature(verbs=(own,))


def unknown(word: str, known: Mapping[str, Verb]) -> Reply:
    nearest = next(iter(get_close_matches(word.casefold(), known, 1, 0.5)), None)
    return Reply(plainly(say("help.unknown", word=word, nearest=nearest)))
