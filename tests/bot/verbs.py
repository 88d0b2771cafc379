"""Every verb of `/debt`, said in each of its ways: a new one is tried without being named."""

from collections.abc import Iterator

from bot.features.table import VERBS


def ways_to_say(key: str, text: str) -> Iterator[str]:
    """Each verb alone and with the text; with the key, alone and before the text, where it takes
    one; with the scope of everything where it takes a scope.
    """
    for name, verb in VERBS.items():
        yield from (name, f"{name} {text}")
        if "KEY" in verb.usage:
            yield from (f"{name} {key}", f"{name} {key} {text}")
        if "scope" in verb.usage:
            yield f"{name} all"
