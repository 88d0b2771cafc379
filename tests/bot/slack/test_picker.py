"""The type-ahead picker: by key, name, repository, path or owner."""

import pytest

from sandbox import Form, Person
from tests.bot.conftest import Ledger, on_both_databases

TYPED = {
    "D-2": ["D-2 Ledger exporter"],
    "d-2": ["D-2 Ledger exporter"],
    "WORKER": ["D-1 Payment retry worker"],
    "books": ["D-2 Ledger exporter"],
    "tests/gen": ["D-3 100% coverage_suite"],
    "sam": ["D-2 Ledger exporter"],
    "worker pay": ["D-1 Payment retry worker"],
    "100%": ["D-3 100% coverage_suite"],
    "coverage_suite": ["D-3 100% coverage_suite"],
    "coverageXsuite": [],
    "O'Brien": ["D-4 O'Brien's \"report\""],
    '"report"': ["D-4 O'Brien's \"report\""],
    "' OR '1'='1": [],
    "%%%": [],
    "\\": [],
    "wor\x00ker": ["D-1 Payment retry worker"],
    "<!channel>": [],
    "x" * 10_000: [],
    "%" * 10_000: [],
    "😀" * 10_000: [],
    "ΐ" * 10_000: [],
    "D-0": [],
    "D-99999999999": [],
}


async def picker(person: Person) -> Form:
    form = (await person.types("/debt claim")).form
    assert form is not None
    return form


@pytest.fixture
async def register(ledger: Ledger, sam: Person) -> Ledger:
    await sam.types("/debt help")  # now the register knows his name
    await ledger.add(name="Payment retry worker")
    await ledger.add(name="Ledger exporter", repo="acme/books", owner=sam.id)
    await ledger.add(name="100% coverage_suite", paths=("tests/gen/**",), owner=None)
    await ledger.add(name="O'Brien's \"report\"", owner=None)
    await ledger.ended(name="Retired retry worker")
    return ledger


@on_both_databases
async def test_whatever_is_typed_is_looked_for_as_it_stands(dana: Person, register: Ledger) -> None:
    form = await picker(dana)
    answers = {typed: [str(one) for one in await form.search("Artifact", typed)] for typed in TYPED}
    assert answers == TYPED


async def test_a_key_comes_first_though_names_contain_its_number(
    dana: Person, ledger: Ledger
) -> None:
    for number in range(3):
        await ledger.add(name=f"Script {number}")
    form = await picker(dana)
    first, *_ = await form.search("Artifact", "1")
    assert first == "D-1 Script 0"


async def test_nothing_typed_offers_what_to_fix_first(dana: Person, register: Ledger) -> None:
    form = await picker(dana)
    found = await form.search("Artifact", "")
    assert len(found) == 4
    assert "D-5 Retired retry worker" not in found


async def test_the_repository_tells_namesakes_apart(dana: Person, register: Ledger) -> None:
    form = await picker(dana)
    [option] = await form.search("Artifact", "exporter")
    assert option.description == "acme/books"


async def test_no_more_are_offered_than_a_person_would_read(dana: Person, ledger: Ledger) -> None:
    for number in range(30):
        await ledger.add(name=f"Script {number}")
    form = await picker(dana)
    assert len(await form.search("Artifact", "script")) == 25
