import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from debt.refusal import Refused
from debt.text import LONGEST, LONGEST_NAMED, clean, clean_field, in_digits, quoted, shortened

any_text = st.text(st.characters(exclude_categories=()), max_size=200)


@given(any_text)
def test_what_is_kept_can_be_stored_and_shown(text: str) -> None:
    kept = clean_field("purpose", text)
    assert kept.encode("utf-8").decode("utf-8") == kept
    assert all(unicodedata.category(letter) != "Cc" or letter in "\n\t" for letter in kept)


@given(any_text)
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    assert clean_field("purpose", clean(text)) == clean(text)


@pytest.mark.parametrize("text", ["O’Brien", "émoji 🎉", "שלום", "a\tb\nc", "日本語", "<!channel>"])
def test_peoples_words_stay_as_they_are(text: str) -> None:
    assert clean_field("purpose", text) == text


@pytest.mark.parametrize(("name", "longest"), [*LONGEST_NAMED.items(), ("purpose", LONGEST)])
def test_each_field_has_a_longest_text(name: str, longest: int) -> None:
    assert clean_field(name, "x" * longest) == "x" * longest
    with pytest.raises(Refused, match=f"The {name} is {longest + 1:,} characters long"):
        clean_field(name, "x" * (longest + 1))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("x" * 40, "x" * 40),
        ("x" * 41, "x" * 39 + "…"),
        ("x" * 38 + " yy", "x" * 38 + "…"),
        ("  a\n b ", "a b"),
        ("", ""),
    ],
)
def test_a_text_is_shortened_past_forty_characters(text: str, shown: str) -> None:
    assert shortened(text) == shown
    assert quoted(text) == f"“{shown}”"


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (1_234, "1,234"), (-5, "-5"), (10**15 - 1, "999,999,999,999,999"),
        (10**15, "a number of more than 15 digits"), (-(10**15), "a number of more than 15 digits"),
    ],
)  # fmt: skip
def test_a_number_is_written_out_as_long_as_somebody_reads_it(number: int, shown: str) -> None:
    assert in_digits(number) == shown
