"""A tiny language for shapes of JSON; each problem is worded and pointed at as Slack does it."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sandbox.wire.wire import Json

Check = Callable[[Any, str], Iterator[str]]


def problem(words: str, pointer: str) -> str:
    return f"[ERROR] {words} [json-pointer:{pointer}]"


def string(most: int, least: int = 1) -> Check:
    def check(value: Any, at: str) -> Iterator[str]:
        if not isinstance(value, str):
            yield problem("must be a string", at)
        elif len(value) > most:
            yield problem(f"must be less than {most + 1} characters", at)
        elif len(value) < least:
            yield problem(f"must be more than {least - 1} characters", at)

    return check


def matching(pattern: str, words: str, most: int = 3000) -> Check:
    compiled = re.compile(pattern)

    def check(value: Any, at: str) -> Iterator[str]:
        yield from string(most)(value, at)
        if isinstance(value, str) and not compiled.fullmatch(value):
            yield problem(words, at)

    return check


def one_of(*allowed: str) -> Check:
    def check(value: Any, at: str) -> Iterator[str]:
        if value not in allowed:
            yield problem(f"must be one of: {', '.join(allowed)}", at)

    return check


def of_type(kind: type, words: str) -> Check:
    def check(value: Any, at: str) -> Iterator[str]:
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            yield problem(f"must be {words}", at)

    return check


boolean = of_type(bool, "a boolean")
integer = of_type(int, "an integer")
anything = of_type(object, "anything")


def items(check_one: Check, most: int, least: int = 1) -> Check:
    def check(value: Any, at: str) -> Iterator[str]:
        if not isinstance(value, list):
            yield problem("must be an array", at)
            return
        if len(value) > most:
            yield problem(f"no more than {most} items allowed", at)
        if len(value) < least:
            yield problem(f"no fewer than {least} items required", at)
        for number, one in enumerate(value):
            yield from check_one(one, f"{at}/{number}")

    return check


def shape(required: Mapping[str, Check] | None = None, /, **optional: Check) -> Check:
    """An object with just these fields; `type` is its caller's business."""
    needed = required or {}
    known = {**needed, **optional}

    def check(value: Any, at: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield problem("must be an object", at)
            return
        for name in needed:
            if value.get(name) is None:
                yield problem(f"missing required field: {name}", at)
        for name, one in value.items():
            yield from _field(known, name, one, at)

    return check


def _field(known: Mapping[str, Check], name: str, value: Any, at: str) -> Iterator[str]:
    if name == "type":
        return
    if name not in known:
        yield problem(f"invalid additional property: {name}", at)
    elif value is not None:
        yield from known[name](value, f"{at}/{name}")


def by_type(kinds: Mapping[str, Check], only: frozenset[str] | None = None) -> Check:
    """Chosen by the object's own `type`; those outside `only` are refused here."""

    def check(value: Any, at: str) -> Iterator[str]:
        kind = value.get("type") if isinstance(value, dict) else None
        if not isinstance(value, dict):
            yield problem("must be an object", at)
        elif not isinstance(kind, str):
            yield problem("missing required field: type", at)
        elif kind not in kinds or (only is not None and kind not in only):
            yield problem(f"unsupported type: {kind}", f"{at}/type")
        else:
            yield from kinds[kind](value, at)

    return check


def both(*checks: Check) -> Check:
    def check(value: Any, at: str) -> Iterator[str]:
        for one in checks:
            yield from one(value, at)

    return check


def rule(broken: Callable[[Json], str | None]) -> Check:
    """A sentence about the object as a whole, or None if all is well."""

    def check(value: Any, at: str) -> Iterator[str]:
        if isinstance(value, dict) and (words := broken(value)):
            yield problem(words, at)

    return check
