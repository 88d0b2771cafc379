"""`/debt help`, built from the features themselves; unknown words get the nearest verb."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from bot.slack.call import Answer, Call, Reply
from bot.slack.feature import Feature, Verb
from briefings.messages.message import plainly
from briefings.words.words import say
from debt.scope import Filter

# What people say for a verb whose letters would lead elsewhere: “unclaim” looks like “claim”.
MEANT: Mapping[str, str] = {
    **dict.fromkeys(Filter, "list"),
    **dict.fromkeys(("create", "new", "register"), "add"),
    **dict.fromkeys(("card", "compare", "info", "open", "view"), "show"),
    **dict.fromkeys(("change", "update"), "edit"),
    **dict.fromkeys(("find", "search"), "list"),
    **dict.fromkeys(("own", "take"), "claim"),
    **dict.fromkeys(("disown", "unclaim"), "release"),
    **dict.fromkeys(("assign", "give", "owner", "transfer"), "handoff"),
    **dict.fromkeys(("hours", "time"), "log"),
    **dict.fromkeys(("postpone", "prolong", "renew", "snooze"), "extend"),
    **dict.fromkeys(("rate", "rating"), "score"),
    **dict.fromkeys(("delete", "drop", "end", "kill", "remove", "sunset"), "retire"),
    **dict.fromkeys(("approve", "pending", "reject", "requests", "withdraw"), "approvals"),
    **dict.fromkeys(("report", "stats", "status"), "metrics"),
    **dict.fromkeys(("digest", "summary"), "brief"),
    **dict.fromkeys(("mute", "stop"), "unsubscribe"),
}


def feature(features: Iterable[Feature]) -> Feature:
    """The help for these features, and for itself."""

    async def help_(call: Call) -> Answer:
        name = next(iter(call.words.casefold().split()), None)
        if name is None:
            return Reply(plainly(say("help.all", verbs=list(verbs.values()))))
        verb = verbs.get(name)
        return Reply(plainly(say("help.one", verb=verb))) if verb else unknown(name, verbs)

    spoken = [verb for one in features for verb in one.verbs]
    own = Verb("help", "[verb]", "what I can do", help_)
    verbs = {verb.name: verb for verb in (*spoken, own)}
    return Feature(verbs=(own,))


def unknown(word: str, verbs: Mapping[str, Verb]) -> Reply:
    name = word.casefold()
    nearest = MEANT.get(name) or next(iter(get_close_matches(name, verbs)), None)
    return Reply(plainly(say("help.unknown", word=word, nearest=nearest)))
