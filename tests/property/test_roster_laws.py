"""Linking late, unlinking and relinking move no fact; readings follow the roster as it stands (design 3, "Who a pupil is")."""

from collections.abc import Sequence
from dataclasses import replace
from random import Random

import pytest
from delivering import KEY, Sheets, as_they_came, batches, folded, logged, readings, roster, served
from histories import history
from hypothesis import assume, given
from proving import choices, law, seeds
from school_files import links
from units import DANISH, DATES, SYSTEM, Pupil, Unit

from contracts.events import Group
from contracts.kinds import Family
from contracts.privacy import Person
from streams.roster import Part, Roster

pytestmark = pytest.mark.quick

LINKS = "identity_links_csv"


def unlinked(units: Sequence[Unit]) -> list[Unit]:
    return [unit for unit in units if unit.door != LINKS]


def stored(units: Sequence[Unit], random: Random) -> Sheets:
    return folded(logged(batches(units, random, 40)).records, lambda: random.randint(20, 400)).sheets


def facts_of(sheets: Sheets) -> Sheets:
    """Without what the roster says."""
    return {key: row for key, row in sheets.items() if key.family not in (Family.ROSTER, Family.SOURCE)}


def there(sheets: Sheets, people: Sequence[Pupil]) -> list[Pupil]:
    """Those whom the newest roster names."""
    return [pupil for pupil in people if roster(sheets).owner(KEY.seal(pupil.unilogin))]


@law(8, 300, shrink=False)
@given(seed=seeds, choice=choices)
def test_links_move_no_fact_and_readings_follow_the_newest_file(seed: int, choice: int) -> None:
    """Whatever files came before, only the newest complete one says who is linked."""
    told, random = history(seed), Random(choice)
    rest, pairs = unlinked(told.units), [(pupil, pupil) for pupil in told.people]
    files = [[pair for pair in pairs if random.random() < 0.6] or pairs[:1] for _ in range(random.randint(2, 4))]
    came = [unit for k, file in enumerate(files) for unit in links(DANISH, file, DATES[5 + 4 * k])]
    many, last, none = (stored([*rest, *more], random) for more in (came, came[-len(files[-1]) :], []))
    assert facts_of(many) == facts_of(last) == facts_of(none)
    assert served(many) == served(last)
    seen = [pupil for pupil, _ in files[-1] if pupil in there(none, told.people)]
    assert (served(last) != served(none)) == bool(seen)
    for pupil in there(none, told.people):
        person = KEY.seal(Person(pupil.unilogin))
        assert (KEY.seal(pupil.own) in roster(many).identities[person]) == ((pupil, pupil) in files[-1])
        assert KEY.seal(pupil.own) not in roster(none).known


def sources(sheets: Sheets) -> set[str]:
    return {source for told in readings(sheets).values() for _, read in told for one in read for source in one.sources}


@law(8, 200, shrink=False)
@given(seed=seeds, choice=choices)
def test_what_came_before_the_link_is_seen_once_it_comes(seed: int, choice: int) -> None:
    told, random = history(seed), Random(choice)
    before = as_they_came(unlinked(told.units))
    log = logged(before)
    alone = folded(log.records)
    pairs = [(pupil, pupil) for pupil in told.people]
    after = folded(logged([links(DANISH, pairs, DATES[30])], log).records, lambda: random.randint(1, 300))
    assert sources(after.sheets) > sources(alone.sheets)
    assert DANISH.supplier in sources(after.sheets)
    assert facts_of(after.sheets) == facts_of(alone.sheets)


@law(8, 300, shrink=False)
@given(seed=seeds, choice=choices)
def test_an_identity_claimed_by_two_counts_for_neither(seed: int, choice: int) -> None:
    told, random = history(seed), Random(choice)
    rest = unlinked(told.units)
    known = there(stored(rest, random), told.people)
    assume(len(known) > 1)
    one, other = random.sample(known, 2)
    pairs = [(pupil, pupil) for pupil in told.people]
    disputed = stored([*rest, *links(DANISH, pairs, DATES[9]), *links(SYSTEM, [(one, other)], DATES[random.randrange(30)])], random)
    without = stored([*rest, *links(DANISH, [pair for pair in pairs if pair[0] is not one], DATES[9])], random)
    assert KEY.seal(one.own) in roster(disputed).disputed
    assert roster(disputed).owner(KEY.seal(one.own)) is None
    assert facts_of(disputed) == facts_of(without)
    assert served(disputed) == served(without)


@law(10, 300, shrink=False)
@given(seed=seeds, choice=choices)
def test_a_roster_is_a_function_of_its_sheets_in_any_order(seed: int, choice: int) -> None:
    told, random = history(seed), Random(choice)
    sheets = stored(told.units, random)
    shuffled = dict(random.sample(sorted(sheets.items()), len(sheets)))
    assert served(shuffled) == served(sheets)
    one, other = roster(sheets), roster(shuffled)
    people = {one.person(KEY.seal(pupil.unilogin)) for pupil in told.people}
    for person in people:
        assert [one.grade(person, day) for day in DATES] == [other.grade(person, day) for day in DATES]
        assert one.identities.get(person) == other.identities.get(person)
        assert one.home(person, DATES[-1]) == other.home(person, DATES[-1])


@law(8, 300, shrink=False)
@given(seed=seeds)
def test_a_complete_roster_alone_says_what_all_of_them_say(seed: int) -> None:
    """Of the roster's own connector, everything but the newest file of each school may be left out."""
    told = history(seed)
    rows = [unit for unit in told.units if unit.door == "roster"]
    newest = {unit.told[0].institution: max(u.as_of for u in rows if u.told[0].institution == unit.told[0].institution) for unit in rows}
    last = [unit for unit in rows if unit.as_of == newest[unit.told[0].institution]]
    assert sum(unit.told[0].model is Group for unit in last) < sum(unit.told[0].model is Group for unit in rows)
    all_of, alone = (roster(folded(logged(as_they_came(units)).records).sheets) for units in (rows, last))
    assert describe(all_of) == describe(alone)


def describe(known: Roster) -> list[Part]:
    """Its parts, rows sorted, since their order says nothing."""
    return [in_order(part) for _, part in sorted(known.parts.items())]


def in_order(part: Part) -> Part:
    rows = (part.groups, part.members, part.named, part.linked)
    groups, members, named, linked = (tuple(sorted(told, key=repr)) for told in rows)
    return replace(part, groups=groups, members=members, named=named, linked=linked)
