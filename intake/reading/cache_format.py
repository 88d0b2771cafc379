"""What a scan keeps for the next one, as MessagePack and back; columns of numbers stay bytes."""

from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from intake.provenance.log import Log
from intake.provenance.notes import Note
from intake.reading.file_measures import Measured
from intake.reading.mentions import Mentions

TYPECODES = frozenset("BIq")


@dataclass(frozen=True)
class CachedHistory:
    """All commits up to a head, the files that stood there, its notes by content, and who named
    what there.
    """

    log: Log = field(default_factory=Log)
    contents: Mapping[bytes, Measured] = field(default_factory=dict)
    notes: Mapping[bytes, Note] = field(default_factory=dict)
    mentions: Mentions = field(default_factory=Mentions)


def packed(history: CachedHistory) -> bytes:
    """What `unpacked` reads."""
    return _ENCODER.encode(history)


def unpacked(raw: bytes | memoryview) -> CachedHistory:
    """Raises ValueError for what `packed` did not write."""
    try:
        return _DECODER.decode(raw)
    except (msgspec.DecodeError, RecursionError) as error:
        raise ValueError("no history of commits") from error


def _as_bytes(numbers: Any) -> tuple[str, bytes]:
    """Anything but a column of numbers MessagePack can hold itself."""
    if not isinstance(numbers, array):
        raise NotImplementedError(type(numbers))
    return numbers.typecode, numbers.tobytes()


def _as_numbers(_: type, value: Any) -> "array[int]":
    code, raw = msgspec.convert(value, tuple[str, bytes])
    if code not in TYPECODES:
        raise ValueError("no column of numbers")
    numbers = array(code)
    numbers.frombytes(raw)
    return numbers


_ENCODER = msgspec.msgpack.Encoder(enc_hook=_as_bytes)
_DECODER = msgspec.msgpack.Decoder(CachedHistory, dec_hook=_as_numbers)
