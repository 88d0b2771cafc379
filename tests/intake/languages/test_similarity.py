"""Files that say nearly the same, and files that only look as if they did."""

import os
import subprocess
import sys

from intake.languages.similarity import alike, sketch_of
from tests.growth import LINEAR, growth

RETRY = """
import time
from shop.errors import Declined


def retried(charge, attempts=5, first_wait=0.5, longest_wait=30.0):
    # Exponential back-off
    wait = first_wait
    for attempt in range(1, attempts + 1):
        try:
            receipt = charge.capture(amount=charge.amount, currency=charge.currency)
        except Declined as declined:
            if attempt == attempts or not declined.may_be_repeated:
                raise
            time.sleep(min(wait, longest_wait))
            wait = wait * 2 if wait * 2 < longest_wait else longest_wait
        else:
            charge.note(f"captured after {attempt} attempts, waited {wait} seconds")
            return receipt
    raise AssertionError("unreachable: the last attempt either returns or raises")
"""
OTHER = """
from datetime import date


def instalments(total, months, first_day=date(2026, 1, 1), rounding=2):
    share = round(total / months, rounding)
    rest = round(total - share * (months - 1), rounding)
    plan = []
    for month in range(months):
        due = date(first_day.year + month // 12, 1 + month % 12, first_day.day)
        plan.append({"due": due, "amount": rest if month == months - 1 else share})
    assert round(sum(each["amount"] for each in plan), rounding) == round(total, rounding)
    return sorted(plan, key=lambda each: (each["due"], each["amount"]))


def overdue(plan, today, grace_days=3):
    late = [each for each in plan if (today - each["due"]).days > grace_days]
    return sum(each["amount"] for each in late), max((each["due"] for each in late), default=None)
"""
LICENSE = "".join(
    f"# Line {line} of a license that everybody puts at the head of a file, word by word.\n"
    for line in range(60)
)
BLOCK = "/*\n" + LICENSE.replace("#", " ") + "*/\n"
DOCSTRING = '"""' + LICENSE.replace("#", " ") + '"""\n'


def pairs(*texts: str, least: float = 0.8) -> list[tuple[str, str]]:
    sketches = {f"{at}.py": sketch_of(text.encode()) for at, text in enumerate(texts)}
    return [(pair.one, pair.other) for pair in alike(sketches, least)]


def model(name: str, *fields: str) -> str:
    """What a generator of a hundred entities writes."""
    lines = [f"class {name}Repository:"]
    for field in fields:
        lines += [
            f"    def find_by_{field}(self, {field}):",
            f"        query = select({name}).where({name}.{field} == {field})",
            f"        return self.session.execute(query).scalars().{field}s()",
        ]
    return "\n".join(lines) + "\n"


def test_a_helper_and_its_renamed_copy_are_alike() -> None:
    renamed = RETRY.replace("retried", "with_retries").replace(
        "Exponential back-off", "Wait longer"
    )
    assert pairs(RETRY, renamed, OTHER) == [("0.py", "1.py")]


def test_layout_comments_and_imports_make_no_difference() -> None:
    laid_out = RETRY.replace("    ", "\t").replace("import time", "import time\nimport logging")
    assert pairs(RETRY, LICENSE + laid_out) == [("0.py", "1.py")]


def test_what_merely_shares_a_license_is_not_alike() -> None:
    for head in (LICENSE, BLOCK, DOCSTRING):
        assert pairs(head + RETRY, head + OTHER) == []


def test_the_same_shape_for_other_things_is_not_alike() -> None:
    orders = model("Order", "number", "customer", "day", "total", "status", "channel", "currency")
    parcels = model("Parcel", "code", "carrier", "weight", "shelf", "route", "driver", "country")
    assert pairs(orders, parcels) == []


def test_boilerplate_that_many_files_have_counts_for_nothing() -> None:
    many = [RETRY + f"\n\n{OTHER}".replace("plan", f"plan{at}") for at in range(30)]
    assert pairs(*many) == []


def test_short_files_are_not_compared() -> None:
    short = "def total(items):\n    return sum(item.price for item in items)\n"
    assert pairs(short, short) == []


def test_how_much_has_to_agree_is_for_the_policy_to_say() -> None:
    half = RETRY + OTHER
    assert pairs(RETRY + OTHER.replace("e", "i"), half) == []
    assert pairs(RETRY + OTHER.replace("e", "i"), half, least=0.2) == [("0.py", "1.py")]


def test_a_sketch_is_the_same_in_every_run_and_small() -> None:
    """So that it can be kept for the next scan."""
    words = "b'one two three four five'"
    program = f"from intake.languages.similarity import sketch_of; print(*sketch_of({words}))"
    seeds = ({**os.environ, "PYTHONHASHSEED": seed} for seed in "123")
    ask = [sys.executable, "-c", program]
    said = {subprocess.run(ask, env=env, check=True, capture_output=True).stdout for env in seeds}
    assert [len(each.split()) for each in said] == [2]
    assert len(sketch_of(b" ".join(b"w%d" % word for word in range(5_000)))) == 128
    assert len(sketch_of(b"")) == 0


def test_eight_times_the_files_do_not_take_the_square_of_it() -> None:
    sketches = [
        (f"{at}.py", sketch_of(b" ".join(b"w%d" % (word * at) for word in range(300))))
        for at in range(4_000)
    ]
    assert growth(lambda size: alike(dict(sketches[:size]), 0.8), 500, runs=3) < LINEAR


def test_hostile_contents_take_no_time() -> None:
    for content in (b"/*" * 50_000, b'"""' * 50_001, b"a " * 100_000, b"\xff" * 100_000):
        assert len(sketch_of(content)) <= 128
