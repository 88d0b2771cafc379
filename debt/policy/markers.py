"""How commits say that an AI tool wrote them, as data: the built-in table and what a team adds.

Asking it of a commit is the scan's business; here are the values.
"""

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Annotated

from pydantic import AfterValidator, model_validator

from debt.policy.values import Switch, Table, Text, require_known
from debt.text import shortened


def _expression(text: str) -> str:
    try:
        re.compile(text)
    except (re.error, RecursionError, OverflowError) as error:
        why = shortened(str(error), 80)
        raise ValueError(f"allowed are regular expressions for a whole name: {why}") from None
    return text


Expression = Annotated[Text, AfterValidator(_expression)]


class Tool(Table):
    """One tool of the table; markers.toml explains the keys."""

    name: Text
    emails: tuple[Text, ...] = ()
    logins: tuple[Text, ...] = ()
    names: tuple[Expression, ...] = ()
    nicknames: tuple[Expression, ...] = ()
    called: tuple[Text, ...] = ()
    unnamed: Switch = False
    sessions: tuple[Text, ...] = ()


class MarkerTable(Table):
    """Tools, and the lines of a message that may name one."""

    people_keys: tuple[Text, ...] = ()
    tool_keys: tuple[Text, ...] = ()
    footers: tuple[Text, ...] = ()
    model_words: tuple[Text, ...] = ()
    test_tools: tuple[Text, ...] = ()
    tool: tuple[Tool, ...] = ()

    @property
    def named(self) -> tuple[str, ...]:
        """What can be taken out of it: tools by their names, then keys and footers."""
        tools = tuple(tool.name for tool in self.tool)
        return tools + self.people_keys + self.tool_keys + self.footers + self.test_tools

    def less(self, names: tuple[str, ...]) -> "MarkerTable":
        """The table without what is named so."""
        return MarkerTable(
            people_keys=_left(self.people_keys, names),
            tool_keys=_left(self.tool_keys, names),
            footers=_left(self.footers, names),
            model_words=self.model_words,
            test_tools=_left(self.test_tools, names),
            tool=tuple(tool for tool in self.tool if tool.name not in names),
        )


class TeamMarkers(MarkerTable):
    """A team's own table, laid over the built-in one: nothing is taken away but what it names."""

    without: tuple[Text, ...] = ()

    @model_validator(mode="after")
    def _takes_away_what_is_there(self) -> "TeamMarkers":
        known = built_in_markers().named if self.without else ()
        require_known(("without",), self.without, known, "is not in the built-in table")
        return self

    def over(self, base: MarkerTable) -> MarkerTable:
        """All of both, its own tools and keys first."""
        rest = base.less(self.without)
        return MarkerTable(
            people_keys=self.people_keys + rest.people_keys,
            tool_keys=self.tool_keys + rest.tool_keys,
            footers=self.footers + rest.footers,
            model_words=self.model_words + rest.model_words,
            test_tools=self.test_tools + rest.test_tools,
            tool=self.tool + rest.tool,
        )


@cache
def built_in_markers() -> MarkerTable:
    text = files("debt.policy").joinpath("markers.toml").read_text("utf-8")
    return MarkerTable.model_validate(tomllib.loads(text))


def _left(words: tuple[str, ...], names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word for word in words if word not in names)
