import pytest
from hypothesis import given
from hypothesis import strategies as st

from debt.artifact.artifact import LIVE, Stage
from debt.artifact.lifecycle import ENDED, MOVES, move, require_live
from debt.refusal import Refused

LEGAL = {
    ("proposed", "created"),
    ("proposed", "dismissed"),
    ("proposed", "retired"),
    ("dismissed", "created"),
    ("created", "validated"),
    ("created", "retiring"),
    ("validated", "retained"),
    ("validated", "retiring"),
    ("retained", "retiring"),
    ("retiring", "created"),
    ("retiring", "validated"),
    ("retiring", "retained"),
    ("retiring", "retired"),
    ("retiring", "refactored"),
    ("retiring", "regenerated"),
    ("regenerated", "created"),
}
EVERY_PAIR = [(now, to) for now in Stage for to in Stage]


@pytest.mark.parametrize(("now", "to"), EVERY_PAIR)
def test_only_the_moves_of_the_diagram_are_legal(now: Stage, to: Stage) -> None:
    if (now, to) in LEGAL:
        assert move("D-7", now, to) is to
    else:
        with pytest.raises(Refused, match=f"D-7 is {now}, so it cannot become {to}"):
            move("D-7", now, to)


@given(st.lists(st.sampled_from(Stage)))
def test_no_sequence_of_moves_reaches_an_illegal_stage(wishes: list[Stage]) -> None:
    stage = Stage.CREATED
    for wish in wishes:
        try:
            after = move("D-7", stage, wish)
        except Refused:
            continue
        assert (stage, after) in LEGAL
        stage = after


@pytest.mark.parametrize(
    ("now", "to", "answer"),
    [
        (
            "created",
            "retained",
            (
                "D-7 is created, so it cannot become retained; "
                "from there it can become: validated, retiring."
            ),
        ),
        (
            "retained",
            "retired",
            "D-7 is retained, so it cannot become retired; from there it can become: retiring.",
        ),
        (
            "retired",
            "retained",
            "D-7 is retired, so it cannot become retained; that is its end; nothing follows.",
        ),
    ],
)
def test_a_refused_move_names_the_legal_ones(now: str, to: str, answer: str) -> None:
    with pytest.raises(Refused) as refused:
        move("D-7", Stage(now), Stage(to))
    assert str(refused.value) == answer


@pytest.mark.parametrize(("now", "to"), [pair for pair in EVERY_PAIR if pair not in LEGAL])
def test_no_legal_move_is_left_out_of_a_refusal(now: Stage, to: Stage) -> None:
    with pytest.raises(Refused) as refused:
        move("D-7", now, to)
    said = str(refused.value).partition(";")[2]
    legal = said.partition("become: ")[2].rstrip(".").split(", ")
    assert {Stage(stage) for stage in legal if stage} == {to for at, to in LEGAL if at == now}


@pytest.mark.parametrize("stage", Stage)
def test_every_stage_can_come_to_an_end(stage: Stage) -> None:
    reached, ahead = set[Stage](), {stage}
    while ahead:
        reached |= ahead
        ahead = {to for now in ahead for to in MOVES[now]} - reached
    assert reached & ENDED


@pytest.mark.parametrize("stage", sorted(LIVE - {Stage.RETIRING}))
def test_retirement_can_be_asked_for_from_every_live_stage(stage: Stage) -> None:
    assert move("D-7", stage, Stage.RETIRING) is Stage.RETIRING


@pytest.mark.parametrize("stage", Stage)
def test_nothing_changes_about_what_has_ended(stage: Stage) -> None:
    if stage is Stage.PROPOSED:
        with pytest.raises(Refused, match="D-7 is only proposed; “accept D-7” puts it on"):
            require_live("D-7", stage)
    elif stage in ENDED:
        with pytest.raises(Refused, match=f"D-7 has ended \\({stage}\\)"):
            require_live("D-7", stage)
    else:
        require_live("D-7", stage)
