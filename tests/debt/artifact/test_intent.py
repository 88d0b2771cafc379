from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from debt.artifact.intent import is_vague, missing_intent
from tests.debt.builders import INTENT, an_artifact


def test_all_four_said_is_created_with_intent() -> None:
    assert missing_intent(an_artifact()) == ()


@pytest.mark.parametrize(
    ("field", "missing"),
    [
        ("purpose", "no purpose"),
        ("lifespan", "no lifespan"),
        ("owner", "no owner"),
        ("removal_impact", "no removal impact"),
    ],
)
def test_each_of_the_four_is_missed_by_name(field: str, missing: str) -> None:
    assert missing_intent(an_artifact(**{field: None})) == (missing,)


def test_nothing_said_misses_all_four() -> None:
    nothing: dict[str, Any] = dict.fromkeys(INTENT)
    assert missing_intent(an_artifact(**nothing)) == (
        "no purpose",
        "no lifespan",
        "no owner",
        "no removal impact",
    )


@pytest.mark.parametrize("blank", ["", "  ", "\n\t"])
def test_blank_text_says_nothing(blank: str) -> None:
    assert missing_intent(an_artifact(purpose=blank)) == ("no purpose",)


@pytest.mark.parametrize(
    "purpose",
    [
        "TBD",
        "todo: later",
        "various stuff",
        "misc helper code",
        "?",
        "???",
        "-",
        "… — …",
        "👍 👍 👍",
        "test test test",
        "helper for",
        "Zahlungsübersicht",
        "неизвестно",
        "支付",
        "支付账单表",
        "pays bills",
    ],
)
def test_a_purpose_in_fewer_than_three_telling_words_is_vague(purpose: str) -> None:
    assert missing_intent(an_artifact(purpose=purpose)) == ("vague purpose",)


@pytest.mark.parametrize(
    "purpose",
    [
        "charges cards nightly",
        "converts CSV exports to invoices",
        "проверяет платежи каждую ночь",
        "يحسب فواتير العملاء",
        "हर रात भुगतान जाँचता है",
        "מחשב חשבוניות ללקוחות",
        "매일 결제 보고서를 보냅니다",
        "每日汇总付款报告",
        "毎晩、支払いを確認する",
        "ตรวจสอบการชำระเงินทุกคืน",
        "prüft nachts Zahlungen",
    ],
)
def test_a_purpose_may_be_said_in_any_language(purpose: str) -> None:
    assert missing_intent(an_artifact(purpose=purpose)) == ()


@pytest.mark.parametrize(
    "lifespan",
    ["forever", "TBD", "tbd?", "(tbd)", "permanent", "n/a", "N.A.", "unknown.", "“later”"],
)
def test_a_lifespan_without_an_end_is_vague(lifespan: str) -> None:
    assert missing_intent(an_artifact(lifespan=lifespan)) == ("vague lifespan",)


@pytest.mark.parametrize("lifespan", ["2 weeks", "30d", "until March", "Q3", "两周", "bis März"])
def test_a_lifespan_may_be_one_word(lifespan: str) -> None:
    assert missing_intent(an_artifact(lifespan=lifespan)) == ()


@pytest.mark.parametrize(
    ("impact", "vague"),
    [("none", True), ("breaks", True), ("reports stop", False), ("没有报告", False)],
)
def test_what_removal_would_do_takes_two_words(impact: str, vague: bool) -> None:
    expected = ("vague removal impact",) if vague else ()
    assert missing_intent(an_artifact(removal_impact=impact)) == expected


@given(st.text(), st.integers(1, 3))
def test_adding_words_never_makes_it_vaguer(text: str, words: int) -> None:
    if not is_vague(text, words=words):
        assert not is_vague(f"{text} and charges cards nightly", words=words)
    assert not is_vague(f"{text} charges cards nightly", words=words)
