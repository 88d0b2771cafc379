"""What is kept between scans comes back as it was; anything else is refused, and does no harm."""

from array import array

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.languages.imports import Reference
from intake.provenance.log import Author, Log, Rename, Reverts
from intake.provenance.markers import By, Evidence
from intake.provenance.notes import NoteClaim
from intake.provenance.squashes import CommitOrigin
from intake.reading.cache_format import CachedHistory, packed, unpacked
from intake.reading.file_measures import Measured
from intake.reading.file_signals import FileSignals
from intake.reading.mentions import FileVersion, Mention, Mentions

SHA, BLOB = b"a" * 40, b"b" * 40
PATH = b"caf\xe9\n/shop.py"
"""Not UTF-8, and with a newline in it: git allows both."""
KEPT = CachedHistory(
    Log(
        head="a" * 40,
        shas=[SHA],
        straight=array("B", [1]),
        landed=array("q", [-(1 << 62)]),
        author=array("I", [0]),
        reviewed=array("B", [0]),
        authors=[Author("dana@shop.example", is_machine=False)],
        paths=[PATH, b"old.py"],
        rows=[array("I", [0]), array("I")],
        added=[array("I", [(1 << 32) - 1]), array("I")],
        renames={0: [Rename(1, 0)]},
        named={
            0: frozenset({Evidence("claude", None, "footer"), Evidence("aider", "x", "author")})
        },
        reverts={0: Reverts((b"#12",), only=True)},
        made={0: CommitOrigin((SHA,), 12)},
    ),
    {
        PATH: Measured(BLOB, 12, 3, references=(Reference(("shop", "cart"), 1),)),
        b"a.py": Measured(BLOB, 1, traits=FileSignals(("attr",), array("I", [7, 9]), starts=True)),
        b"b.png": Measured(BLOB),
    },
    {SHA: {PATH: NoteClaim({By("claude", "opus"): 3, By("aider", None): 1}, 4, 0)}},
    Mentions("a" * 40, {"cart": Mention((FileVersion(PATH, BLOB),), more=True)}),
)


@pytest.mark.parametrize("history", [KEPT, CachedHistory()])
def test_it_comes_back_as_it_was(history: CachedHistory) -> None:
    again = unpacked(packed(history))
    assert again == history
    assert [*again.contents] == [*history.contents]
    assert again.log.landed.typecode == "q"


@given(st.binary(max_size=200))
def test_other_bytes_are_refused_with_one_kind_of_error(raw: bytes) -> None:
    if not raw.startswith((b"\x80", b"\xde\0\0", b"\xdf\0\0\0\0")):  # a map that says nothing
        with pytest.raises(ValueError, match="no history"):
            unpacked(raw)


@given(st.data())
def test_bytes_that_were_changed_are_refused_or_are_still_a_history(data: st.DataObject) -> None:
    raw = bytearray(packed(KEPT))
    at = data.draw(st.integers(0, len(raw) - 1))
    raw[at] = data.draw(st.integers(0, 255))
    try:
        history = unpacked(bytes(raw[: data.draw(st.integers(at, len(raw)))]))
    except ValueError:
        return
    assert isinstance(history, CachedHistory)


def column(code: object, raw: object) -> bytes:
    return msgspec.msgpack.encode({"log": {"straight": [code, raw]}})


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x91" * 100_000,
        b"\x81\xa5other" + b"\x91" * 100_000,
        msgspec.msgpack.encode({"log": {"shas": ["text"]}}),
        msgspec.msgpack.encode({"contents": {b"a.py": [b"blob", "12"]}}),
        column("u", b"aaaa"),
        column("O", b"aaaaaaaa"),
        column("I", b"odd"),
        column("I", 3),
        column(["I"], b""),
        packed(KEPT)[:-1],
        packed(KEPT) + b"\0",
    ],
)
def test_what_has_another_shape_is_refused(raw: bytes) -> None:
    with pytest.raises(ValueError, match=r"no (history|column)|not a multiple"):
        unpacked(raw)
