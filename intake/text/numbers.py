"""A column of numbers, as bytes. Until Python 3.12 `array[int]` cannot be evaluated, so a class
whose annotations are read at run time says `Numbers` instead.
"""

from array import array
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    Numbers: TypeAlias = array[int]
else:
    Numbers = array
