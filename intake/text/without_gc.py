"""A function run without the garbage collector, which slows the building of many lasting values."""

import gc
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


def uncollected(function: Callable[P, T]) -> Callable[P, T]:
    """The function, while the garbage collector rests: to look at all of them again and again took
    a quarter of a scan's time. For work that leaves no cycles.
    """

    @wraps(function)
    def resting(*arguments: P.args, **named: P.kwargs) -> T:
        collects = gc.isenabled()
        gc.disable()
        try:
            return function(*arguments, **named)
        finally:
            if collects:
                gc.enable()

    return resting
