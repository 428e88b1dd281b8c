"""A school year of one school through a real hub whose clock is moved day by day, against the independent oracle, cell by cell: everything
that pupils' and groups' indicators say, on many dates, with what is awkward planted in between (domain 4.7)."""

import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from clocked import Clocked, clocked
from harness import until
from invented import SUBJECTS
from invented_hub import post
from oracle.batch import SAID, WINDOWS, Key
from oracle.compare import Report, compare, hold, lone, served_cells
from oracle.groups import GroupReport, compare_groups, group_cells
from oracle.measures import Cell
from oracle.year import Year
from proving import PROVE
from schoolyear import LEAVES, REGISTERED, SMALL_GROUPS, SUBSTITUTE, SchoolYear, at_the_end_of, tell_all
from stored import rows
from traps import Planted

from contracts.dates import moment
from contracts.privacy import UNILOGIN
from services.demo.people import of_class, teachers
from services.demo.telling import Delivery
from services.registry import discover_group_indicators
from streams import small
from streams.retention import Limits

YEAR = (20, date(2026, 8, 10), date(2027, 8, 20)) if PROVE else (3, date(2026, 9, 14), date(2026, 11, 13))
"""Classes, first and last date: at full size 477 pupils, 201 school days, and two weeks of the next school year."""
AFTERWARDS = () if PROVE else (date(2027, 3, 31),)
"""Dates to which the clock goes on although nothing more is sent: the facts of activity are gone by then."""
AT_ONCE, SUNDAY = 3, 7
TRAPS = 32
"""Kinds of what is awkward that each size has at least once."""
pytestmark = [pytest.mark.prove, pytest.mark.timeout(7_200)] if PROVE else [pytest.mark.timeout(600)]


@dataclass
class Compared:
    """By indicator, of pupils and of groups, over all dates."""

    dates: list[date] = field(default_factory=list)
    cells: Counter[str] = field(default_factory=Counter)
    non_null: Counter[str] = field(default_factory=Counter)

    def add(self, told: Report | GroupReport) -> None:
        assert told.differences == [], told.differences[:10]
        self.cells += told.cells
        self.non_null += told.non_null

    def lines(self) -> list[str]:
        named = [f"  {name}: {self.cells[name]:,} cells, {self.non_null[name]:,} not null" for name in sorted(self.cells)]
        return [f"{sum(self.cells.values()):,} cells compared on {len(self.dates)} dates", *named]


@dataclass
class Faults:
    """Of what was planted to fail: requests that were refused, and items that could not be used."""

    refused: int = 0
    failed: int = 0


def introduced(hub: Clocked, year: SchoolYear) -> dict[str, tuple[str, str]]:
    """Its suppliers, registered, and what they tell of people and days."""
    asked = {name: hub.registered(name, institutions=[year.place.number], **told) for name, told in REGISTERED.items()}
    credentials = {name: (name, secret) for name, secret in asked.items()}
    post(hub, credentials, year.introduced())
    return credentials


def sent(hub: Clocked, credentials: Mapping[str, tuple[str, str]], told: Sequence[Planted], faults: Faults) -> list[Delivery]:
    """One after the other, each answered as was foreseen. What was received."""
    for one in told:
        asked, auth = one.delivery, credentials[one.delivery.supplier]
        answer = hub.http.post(asked.path, content=asked.body, params=dict(asked.query), headers=dict(asked.headers), auth=auth)
        assert answer.status_code == one.status, f"{one.trap}: {answer.text}"
        if isinstance(report := answer.json(), dict) and "failed" in report:
            assert report["failed"] == one.failed, f"{one.trap}: {answer.text}"
        faults.refused += one.status != 200
        faults.failed += one.failed
    return [one.delivery for one in told if one.status == 200]


def test_a_school_year_is_the_oracles_cell_by_cell(tmp_path: Path) -> None:
    year, compared, faults, began = SchoolYear(*YEAR), Compared(), Faults(), time.monotonic()
    oracle = Year(year.first, moment(at_the_end_of(year.first)))
    with clocked(tmp_path, at_the_end_of(year.first)) as hub, ThreadPoolExecutor(AT_ONCE) as senders:
        credentials = introduced(hub, year)
        for day in year.dates:
            now = at_the_end_of(day)
            hub.set_clock(now)
            told, planted = year.due(day), year.planted(day)
            sending = [senders.submit(post, hub, credentials, told[at::AT_ONCE]) for at in range(AT_ONCE)]
            tell_all(oracle, told, now)
            for one in sending:
                one.result()
            tell_all(oracle, sent(hub, credentials, planted, faults), now)
            if year.is_looked_at(day):
                look(hub, year, oracle, day, compared)
            if day.isoweekday() == SUNDAY:
                oracle.forget(year.place.number)
                print(f"{day}: {year.sent:,} items sent, {time.monotonic() - began:.0f} s", flush=True)
        for day in AFTERWARDS:
            hub.set_clock(at_the_end_of(day))
            look(hub, year, oracle, day, compared)
        held(hub, year, faults)
        forgotten(hub, AFTERWARDS[-1] if AFTERWARDS else year.last)
    seconds = time.monotonic() - began
    print(f"{year.sent:,} items of {len(oracle.people.pupils)} pupils in {seconds:.0f} s; planted: {dict(sorted(year.traps.items()))}")
    print(*compared.lines(), sep="\n")
    of_groups = {one.name for one in discover_group_indicators()}
    assert {name for name in (*WINDOWS, *of_groups, "told to management") if not compared.non_null[name]} == set()
    assert len(+year.traps) >= TRAPS


def look(hub: Clocked, year: SchoolYear, oracle: Year, day: date, compared: Compared) -> None:
    """Every class as its own teacher sees it, as a whole too, and every pupil as the pupil does."""
    began = time.monotonic()
    hub.ledger(hub.as_("controller", ""))
    year.told(oracle, day)
    cells = oracle.cells(subjects=SUBJECTS)
    worked_out = time.monotonic() - began
    readings, of_classes, name_of = list[Any](), dict[str, list[Any]](), dict[str, str]()
    for name, group, token in home_classes(hub, year):
        name_of |= names(hub, token, [one.unilogin for one in of_class(name, year.place, year.rostered(day))])
        readings += hub.get(f"/v1/groups/{group}/indicators", token, subject=SUBJECTS)["readings"]
        of_classes[name] = hub.get(f"/v1/groups/{group}/summary", token, subject=SUBJECTS)["readings"]
    assert len(name_of) == len(readings) == len(oracle.people.pupils)
    compared.dates.append(day)
    compared.add(compare(cells, readings, name_of.__getitem__, ()))
    compared.add(compare_groups(group_cells(oracle, cells, SUBJECTS), of_classes, ()))
    compared.add(of_themselves(hub, cells, name_of))
    compared.add(of_management(hub, year, of_classes))
    taught_for_a_while(hub, year, cells, day, compared)
    exactly_fifteen(year, cells, day)
    seconds = time.monotonic() - began
    print(f"{day}: {sum(compared.cells.values()):,} cells so far; {seconds:.0f} s, {worked_out:.0f} of them the oracle's", flush=True)


def home_classes(hub: Clocked, year: SchoolYear) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Each class by its name, its id, and its home-class teacher's token."""
    for teacher in teachers(year.place):
        if teacher.home in year.place.classes:
            token = hub.as_("teacher", teacher.unilogin)
            yield teacher.home, groups(hub, token)[teacher.home], token


def groups(hub: Clocked, token: Mapping[str, str]) -> dict[str, str]:
    return {one["source_id"]: one["id"] for one in hub.get("/v1/groups", token)["groups"]}


def names(hub: Clocked, token: Mapping[str, str], unilogins: Sequence[str]) -> dict[str, str]:
    """The hub's id -> Unilogin."""
    asked = [{"scheme": UNILOGIN, "value": one} for one in unilogins]
    found = hub.http.post("/v1/students:resolve", json={"identities": asked}, headers=dict(token)).json()["students"]
    return {one["student"]: unilogin for one, unilogin in zip(found, unilogins, strict=True)}


def of_themselves(hub: Clocked, cells: Mapping[Key, Cell], name_of: Mapping[str, str]) -> Report:
    """What pupils say of themselves is told to themselves alone."""
    report, served = Report(), dict[Key, Cell]()
    for student, unilogin in name_of.items():
        view = hub.get(f"/v1/students/{student}", hub.as_("pupil", unilogin), indicator=[*SAID])
        told = [{"student": student, "indicators": view["readings"]}]
        served |= served_cells(told, name_of.__getitem__)
    for key, cell in cells.items():
        if key[1] in SAID and key in served:
            hold(report, key, cell, served[key])
        elif key[1] in SAID:
            lone(report, key, cell, None)
    assert served.keys() <= cells.keys()
    return report


def of_management(hub: Clocked, year: SchoolYear, of_classes: Mapping[str, Sequence[Any]]) -> GroupReport:
    """Management is told of the same classes the same numbers to whole ones, where they rest on enough pupils, and else none (domain 2.7);
    of weak spots and of sources nothing (domain 4.6, T4)."""
    token = hub.as_("management", "rita5c8k", institutions=[year.place.number])
    report, seen = GroupReport(), groups(hub, token)
    assert set(seen) & SMALL_GROUPS.keys() == set()
    for name, exact in of_classes.items():
        view = hub.get(f"/v1/groups/{seen[name]}/summary", token, subject=SUBJECTS)["readings"]
        shown = {place_of(one): one for one in view}
        assert {told["indicator"] for told in exact if place_of(told) not in shown} <= {"weak-spots", "coverage"}
        for one in (one for one in exact if one["value"] is not None and one["n"] is not None and place_of(one) in shown):
            told = shown[place_of(one)]
            enough = one["n"] >= (10 if one["unit"] == "percent" else 5)
            alike = f"{name}, {place_of(one)}: {one['value']} of {one['n']}, {told['value']} of {told['n']}, {told['reason']}"
            assert enough or (told["value"], told["n"], told["reason"]) == (None, None, "too_few_pupils"), alike
            assert told["n"] in (None, 5 * round(one["n"] / 5)), alike
            assert told["value"] is None or abs(told["value"] - one["value"]) < 0.56, alike
            report.cells["told to management"] += 1
            report.non_null["told to management"] += told["value"] is not None
    return report


def place_of(told: Any) -> tuple[Any, ...]:
    return told["indicator"], told["of"], told["subject"], told["window"]["name"]


def taught_for_a_while(hub: Clocked, year: SchoolYear, cells: Mapping[Key, Cell], day: date, compared: Compared) -> None:
    """The substitute sees groups of 4, of 5 and of no pupils, in the subject that is taught there, until 14 days after having left."""
    token = hub.as_("teacher", SUBSTITUTE)
    seen = groups(hub, token)
    assert set(seen) == (set(SMALL_GROUPS) if day < LEAVES + timedelta(days=14) else set()), day
    for group, address in seen.items():
        members = year.in_small_group(group)
        view = hub.get(f"/v1/groups/{address}/indicators", token, subject=["MAT"])["readings"]
        assert len(view) == SMALL_GROUPS[group]
        name_of = names(hub, token, members) if members else {}
        theirs = {key: cell for key, cell in cells.items() if key[0] in members and (key[2] or "").split()[:1] == ["MAT"]}
        compared.add(compare(theirs, view, name_of.__getitem__, ()))
        whole = hub.get(f"/v1/groups/{address}/summary", token, subject=["MAT"])["readings"]
        assert {one["pupils"] for one in whole} <= {len(members), None}
        few = [one["value"] for one in whole if not members or (one["indicator"] == "wellbeing" and len(members) < small.LEAST)]
        assert set(few) <= {None}
        year.traps[f"a group of {len(members)} pupils looked at"] += 1
    year.traps["teacher has left"] += not seen


def exactly_fifteen(year: SchoolYear, cells: Mapping[Key, Cell], day: date) -> None:
    if year.days_watched(day):
        told = cells[year.watched.unilogin, "attendance", None, "W20"]
        assert (told.value, told.n) == (85.0, 20)


def held(hub: Clocked, year: SchoolYear, faults: Faults) -> None:
    """Of all that was sent nothing was dropped: what was foreseen to fail has failed, and no more. Of who has left the school the facts are
    still there, under the identities that are known to nobody any more: Unilogin's and Ordleg's."""
    ledger = hub.ledger(hub.as_("controller", ""))
    told = {name: ledger[name] for name in ("received", "published", "repeated", "not_used", "failed", "refused")}
    print(f"ledger: {told}, foreseen: {faults}")
    assert (told["failed"], told["refused"]) == (faults.failed, faults.refused)
    assert told["received"] == sum(told[name] for name in ("published", "repeated", "not_used", "failed"))
    assert (ledger["unlinked_identities"], ledger["disputed_identities"]) == (2 * len(year.left()), 0)


def forgotten(hub: Clocked, today: date) -> None:
    """Activity whose time is over is gone and its summaries are not, once the day's deletion has run."""
    oldest = Limits.on(today).activity_facts.isoformat()
    old = "SELECT count(*), sum(length(facts)), sum(length(summaries) > 2) FROM sheets WHERE family = 'activity' AND period < ?"
    until(lambda: rows(hub.folder, "store.db", f"{old} AND length(facts) > 2", oldest)[0][0] == 0, 120, 1)
    sheets, facts, measured = rows(hub.folder, "store.db", old, oldest)[0]
    print(f"{sheets:,} sheets of activity before {oldest} hold {facts:,} bytes of facts, and {measured:,} of them summaries")
    assert facts == 2 * sheets > 0
    assert measured > 0.9 * sheets
