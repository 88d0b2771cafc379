"""What a scan sees coming: each kind once, and still where it is just short of its limit."""

import pytest

from debt.artifact.columns import Facts
from debt.artifact.signals import FORSAKEN, Sign, Signal, left_alone, renewed
from debt.rules.facts import amend, create
from tests.debt.builders import POLICY, TODAY, an_artifact

CHURN = Signal(Sign.CHURN, "changed 3× as often as people's code here")
FADING = Signal(Sign.CHURN, "changed 3× as often as people's code here", firm=False)
UNTESTED = Signal(Sign.UNTESTED, "no test names it")
COPY = Signal(Sign.DUPLICATE, "much like src/retry.py")


def test_what_can_go_comes_first_and_each_kind_once() -> None:
    assert renewed((), [UNTESTED, CHURN, COPY, UNTESTED]) == (COPY, CHURN, UNTESTED)


def test_what_is_just_short_of_its_limit_stays_but_does_not_begin() -> None:
    assert renewed((), [FADING, UNTESTED]) == (UNTESTED,)
    assert renewed([CHURN], [FADING, UNTESTED]) == (CHURN, UNTESTED)
    assert renewed([CHURN], [UNTESTED]) == (UNTESTED,)


@pytest.mark.parametrize(
    ("kind", "known", "before", "now", "missed"),
    [
        ("production_integration", (), 3, 0, True),
        ("production_integration", (), 3, 1, False),
        ("production_integration", (), 0, 0, False),
        ("production_integration", (FORSAKEN,), 0, 0, True),
        ("production_integration", (FORSAKEN,), 0, 2, False),
        ("notebook", (), 3, 0, True),
        ("test_suite", (), 3, 0, False),
        ("throwaway_script", (), 3, 0, False),
        ("iac_config", (), 3, 0, False),
    ],
)
def test_what_others_imported_and_nobody_does_any_more_is_missed(
    kind: str, known: tuple[Signal, ...], before: int, now: int, missed: bool
) -> None:
    assert bool(left_alone(kind, known, before, now)) is missed


def test_a_new_artifact_has_the_firm_ones() -> None:
    facts = Facts(name="x", repo="r", paths=("a",), signals=(UNTESTED, FADING))
    made = create(1, facts, stage=an_artifact().stage, today=TODAY, policy=POLICY)
    assert made.signals == (UNTESTED,)


def test_only_dependants_that_were_counted_for_the_same_paths_are_missed() -> None:
    leaned_on = an_artifact(dependants=4)
    counted = Facts(signals=(), dependants=0, paths=leaned_on.paths)
    assert amend(leaned_on, counted, policy=POLICY, today=TODAY).signals == (FORSAKEN,)
    elsewhere = counted | Facts(paths=("src/new/**",))
    assert amend(leaned_on, elsewhere, policy=POLICY, today=TODAY).signals == ()
    assert amend(leaned_on, Facts(signals=()), policy=POLICY, today=TODAY).signals == ()


def test_whoever_says_nothing_of_signals_leaves_them() -> None:
    watched = an_artifact(signals=(UNTESTED,), dependants=3)
    assert amend(watched, Facts(dependants=0), policy=POLICY, today=TODAY).signals == (UNTESTED,)
