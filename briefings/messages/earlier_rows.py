"""Rows of the ledger that earlier versions wrote with values in lists, whose place said what they
are, are read by these names.
"""

from typing import Any

from pydantic import BeforeValidator


def listed(*names: str) -> BeforeValidator:
    """Reads a list of values as an object: they have these names, in this order; a list may end
    early. An object is read as it is. Refuses a longer list with a ValidationError.
    """

    def named(stored: Any) -> Any:
        if not isinstance(stored, list):
            return stored
        if len(stored) > len(names):
            raise ValueError(f"has more than {', '.join(names)}")
        return dict(zip(names, stored, strict=False))

    return BeforeValidator(named)
