"""Every value explained down to its facts, over a real hub, against a term worked out by hand (R8.1; `tests/told_of_anna.py`)."""

from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
import told_of_anna as anna
from harness import Hub

from services.registry import discover_indicators
from streams import words


class Worked(NamedTuple):
    """facts: by type, those that the value rests on."""

    value: float
    n: int
    window: tuple[str, str, str]
    facts: dict[str, int]


W5, W20, W40 = ("W5", "2026-11-18", "2026-11-24"), ("W20", "2026-10-28", "2026-11-24"), ("W40", "2026-09-30", "2026-11-24")
Y = ("Y", "2026-08-01", "2026-11-24")
VIEWED, ANSWERED, SCORED, THERE = "activity.resource_viewed", "activity.item_answered", "result.scored", "attendance.registered"
MARKED, PLANNED, SAID = "curriculum.goal_marked", "curriculum.goal_planned", "wellbeing.self_report"
GIVEN, HANDED_IN = "assignment.published", "assignment.submitted"

WORKED = {
    "active-minutes": Worked(7.5, 3, W5, {VIEWED: 3}),  # 30 minutes on four finished days
    "active-days": Worked(30.0, 10, W20, {VIEWED: 3, ANSWERED: 20, THERE: 11}),  # 3 of 10 days at school
    "items-answered": Worked(5.0, 20, W5, {ANSWERED: 20}),  # on four finished days
    "first-try-correctness": Worked(75.0, 20, W20, {ANSWERED: 20}),  # 15 of 20
    "result-level": Worked(70.0, 3, W20, {SCORED: 3}),  # of 50, 70 and 90
    "result-change": Worked(40.0, 6, W40, {SCORED: 6}),  # 70 after 30
    "goals-reached": Worked(1, 2, Y, {MARKED: 3, PLANNED: 2}),  # a, of a and b
    "goals-moved": Worked(2, 2, Y, {MARKED: 3}),  # a from nothing to 3, b from 1 to 2
    "on-time-submission": Worked(33.3, 3, W20, {GIVEN: 3, HANDED_IN: 2}),  # brok; areal eight hours late, vinkler never
    "open-overdue": Worked(1, 3, Y, {GIVEN: 1}),  # vinkler
    "attendance": Worked(90.9, 11, W20, {THERE: 11}),  # 10 of 11
    "punctuality": Worked(10.0, 10, W20, {THERE: 11}),  # 1 of 10
    "motivation": Worked(2.0, 4, Y, {SAID: 4}),  # the median of 1, 2, 2, 3; the runs before the last four count no more
    "wellbeing-social": Worked(4.0, 3, Y, {SAID: 3}),
    "wellbeing-academic": Worked(2.0, 3, Y, {SAID: 3}),
    "wellbeing-support": Worked(3.0, 3, Y, {SAID: 4}),  # and one that was declined
    "wellbeing-calm": Worked(5.0, 3, Y, {SAID: 3}),
}
INDICATORS = [one for one in discover_indicators() if not one.of_groups_alone]
OF_SUBJECTS = {one.name for one in INDICATORS if one.per_subject}
OF_FRAMEWORKS = {one.name for one in INDICATORS if one.per_framework}


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    with anna.hub(tmp_path_factory.mktemp("hub")) as started:
        yield started


def address(hub: Hub, name: str) -> str:
    return f"/v1/students/{anna.hub_id(hub)}/indicators/{name}/explanation"


def explained(hub: Hub, name: str, **asked: Any) -> Any:
    return hub.get(address(hub, name), anna.teacher(hub, anna.LONE), **place(name), **asked)


def place(name: str) -> dict[str, str]:
    """Of what there is a reading each."""
    subject = {"subject": "MAT"} if name in OF_SUBJECTS else {}
    return subject | ({"framework": anna.FRAMEWORK} if name in OF_FRAMEWORKS else {})


def test_every_indicator_is_worked_out_and_every_fact_has_words() -> None:
    assert set(WORKED) == {one.name for one in INDICATORS}
    assert {kind for one in INDICATORS for kind in one.kinds} <= words.KINDS


@pytest.mark.parametrize("name", WORKED)
def test_a_value_is_explained_down_to_its_facts(hub: Hub, name: str) -> None:
    told, worked = explained(hub, name), WORKED[name]
    reading, definition, facts = told["reading"], told["definition"], told["facts"]
    assert (reading["value"], reading["n"], reading["reason"]) == (worked.value, worked.n, None)
    assert (reading["window"]["name"], reading["window"]["from"], reading["window"]["to"]) == worked.window
    assert Counter(fact["type"] for fact in facts) == worked.facts
    assert told["total"] == len(facts)
    assert told["next"] is None
    assert told["sources"] == [{"source": "opgaver", "facts": len(facts)}]
    assert told["newest"] == max(fact["at"] for fact in facts)
    assert (definition["indicator"], definition["version"]) == (name, reading["version"])
    for words_ in (told["text"], *(definition[one] for one in ("title", "formula", "unseen", "minimum")), *(f["text"] for f in facts)):
        assert words_["da"].strip()
        assert words_["en"].strip()
        assert "{" not in words_["da"] + words_["en"]
    assert all(fact["source"] == "opgaver" and fact["date"] <= "2026-11-24" for fact in facts)
    print(name, reading["value"], f"{len(facts)} facts;", told["text"]["en"], "|", facts[0]["text"]["da"], "|", facts[0]["text"]["en"])


def test_a_fact_that_is_said_of_a_group_names_the_group(hub: Hub) -> None:
    facts = [fact for name in ("on-time-submission", "goals-reached") for fact in explained(hub, name)["facts"]]
    named = {(fact["type"], fact["group"] and fact["group"]["name"]) for fact in facts}
    assert named == {(GIVEN, "5.A"), (PLANNED, "5.A"), (HANDED_IN, None), (MARKED, None)}
    (group,) = {fact["group"]["id"] for fact in facts if fact["group"]}
    assert group in {one["id"] for one in hub.get("/v1/groups", anna.teacher(hub, anna.LONE))["groups"]}


def test_what_was_handed_in_is_a_link_where_the_platform_gives_one(hub: Hub) -> None:
    links = {fact["assignment_id"]: fact.get("link") for fact in explained(hub, "on-time-submission")["facts"] if fact["type"] == HANDED_IN}
    assert links == {"brok": anna.LINK, "areal": None}


def test_facts_in_words(hub: Hub) -> None:
    told = {fact["text"]["da"]: fact["text"]["en"] for name in WORKED for fact in explained(hub, name)["facts"]}
    for da, en in (
        ("Besvarede brok-0: rigtig", "Answered brok-0: right"),
        ("Så på side-1 i 600 s", "Looked at side-1 for 600 s"),
        ("Resultat af Prøve s: 50,0 %", "Result of Prøve s: 50.0 %"),
        ("Mål a: nået (3/3), markeret af læreren", "Goal a: reached (3/3), marked by the teacher"),
        ("Opgave givet: Opgave vinkler, frist 20.11.2026 12:00", "Assignment given: Opgave vinkler, due 20.11.2026 12:00"),
        ("Afleverede opgave brok den 05.11.2026 20:00", "Handed in assignment brok on 05.11.2026 20:00"),
        ("Dagens start: fraværende", "Start of the day: absent"),
        ("Spørgsmål social-0: eleven svarede 4 (1-5)", "Question social-0: the pupil answered 4 (1-5)"),
        ("Spørgsmål support-3: ville ikke svare", "Question support-3: would not answer"),
    ):
        assert told[da] == en


def test_where_two_sources_disagree_both_are_told_and_no_cause_is(hub: Hub) -> None:
    """What they tell alike at two times, or with another cause, is no dispute that this reader may know of."""
    told = explained(hub, "attendance")
    (disputed,) = [fact for fact in told["facts"] if fact["disputed"]]
    assert (disputed["date"], disputed["status"], disputed["source"]) == ("2026-11-09", "absent", "opgaver")
    (other,) = disputed["against"]
    assert (other["source"], other["status"]) == ("kontor", "present")
    assert other["text"] == {"da": "Dagens start: til stede", "en": "Start of the day: present"}
    assert "illness" not in str(told)
    assert all(fact["against"] == [] for fact in told["facts"] if not fact["disputed"])


def test_a_long_list_comes_in_pages_and_each_is_logged(hub: Hub) -> None:
    whole, path, pages = explained(hub, "active-days")["facts"], None, []
    before = len(reads(hub))
    told = explained(hub, "active-days", limit=8)
    while True:
        assert told["total"] == len(whole) == 34
        pages.append(told["facts"])
        path = told["next"]
        if path is None:
            break
        told = hub.get(path, anna.teacher(hub, anna.LONE))
    assert [len(page) for page in pages] == [8, 8, 8, 8, 2]
    assert [fact for page in pages for fact in page] == whole
    assert len(reads(hub)) - before == len(pages)
    assert hub.http.get(address(hub, "attendance"), params={"limit": 1001}, headers=dict(anna.teacher(hub, anna.LONE))).status_code == 422


def reads(hub: Hub) -> list[Any]:
    told = hub.get("/v1/access-log", hub.token("--controller"), student=anna.hub_id(hub), limit=1000)["reads"]
    return [one for one in told if one["view"] == "explanation" and one["indicators"] == "active-days"]


def test_who_does_not_see_the_value_does_not_see_its_facts(hub: Hub) -> None:
    mats = dict(anna.teacher(hub, anna.MATS))
    seen = {name: hub.http.get(address(hub, name), params=place(name), headers=mats) for name in WORKED}
    told = {name for name, answer in seen.items() if answer.status_code == 200}
    assert told == OF_SUBJECTS | {one.name for one in INDICATORS if one.self_report}
    assert {fact["type"] for name in told - OF_SUBJECTS for fact in seen[name].json()["facts"]} == set()
    assert hub.http.get(address(hub, "result-level"), params={"subject": "DAN"}, headers=mats).status_code == 404


def test_what_is_read_of_pupils_for_their_groups_alone_is_explained_to_nobody(hub: Hub) -> None:
    names = [one.name for one in discover_indicators() if one.of_groups_alone]
    assert names
    asked = {"params": {"subject": "MAT"}, "headers": dict(anna.teacher(hub, anna.LONE))}
    assert {hub.http.get(address(hub, name), **asked).status_code for name in names} == {404}
