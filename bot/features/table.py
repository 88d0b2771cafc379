"""The list of features: one line each, in the order that help shows."""

from collections.abc import Mapping
from dataclasses import replace

from bot.features import (
    add,
    approve,
    brief,
    budget,
    compare,
    edit,
    extend,
    history,
    home,
    listing,
    log,
    metrics,
    nudge,
    ownership,
    promote,
    propose,
    retire,
    review,
    roi,
    score,
    show,
    subscribe,
    train,
    value,
)
from bot.features import help as help_feature
from bot.features import map as map_feature
from bot.slack.call import Answer, Call
from bot.slack.feature import Draw, Feature, Run, Verb
from bot.slack.parsing import first_and_rest, plain
from debt.artifact.artifact import looks_like_key

_SPOKEN: tuple[Feature, ...] = (
    add.FEATURE,
    show.FEATURE,
    edit.FEATURE,
    compare.FEATURE,
    listing.FEATURE,
    map_feature.FEATURE,
    propose.FEATURE,
    ownership.FEATURE,
    log.FEATURE,
    budget.FEATURE,
    value.FEATURE,
    roi.FEATURE,
    metrics.FEATURE,
    train.FEATURE,
    extend.FEATURE,
    score.FEATURE,
    review.FEATURE,
    promote.FEATURE,
    retire.FEATURE,
    approve.FEATURE,
    history.FEATURE,
    subscribe.FEATURE,
    brief.FEATURE,
    home.FEATURE,
    nudge.FEATURE,
)
FEATURES: tuple[Feature, ...] = (*_SPOKEN, help_feature.feature(_SPOKEN))
VERBS: Mapping[str, Verb] = {verb.name: verb for feature in FEATURES for verb in feature.verbs}


def verb_for(text: str) -> tuple[Run, str]:
    """What runs for the words typed, and the words left for it; no words mean help, and a key alone
    the card of its artifact.
    """
    name, words = first_and_rest(text)
    if looks_like_key(name) and not words:
        return VERBS["show"].run, name
    verb = VERBS.get(name.casefold() or "help")
    return (verb.run, words) if verb else (_unknown, plain(name))


async def _unknown(call: Call) -> Answer:
    return help_feature.unknown(call.words, VERBS)


# What somebody may ask who may not see the register: it tells of the bot, not of artifacts.
OPEN_TO_ALL = frozenset({VERBS["help"].run, _unknown})


async def _open_form(call: Call) -> Answer:
    """Opens the form that words in a DM asked for: only a press gives the right to open one."""
    run, words = verb_for(call.value)
    return await run(replace(call, words=words))


BUTTONS: Mapping[str, Run] = {
    "form.open": _open_form,
    **{name: run for feature in FEATURES for name, run in feature.buttons.items()},
}
FORMS: Mapping[str, Run] = {
    name: run for feature in FEATURES for name, run in feature.forms.items()
}
SHORTCUTS: Mapping[str, Run] = {
    name: run for feature in FEATURES for name, run in feature.shortcuts.items()
}
CARDS: Mapping[str, Draw] = {
    name: draw for feature in FEATURES for name, draw in feature.cards.items()
}
