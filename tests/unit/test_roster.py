"""Whose an identity is: rosters outweigh links, a link holds within its own school, and a reader is known by the rosters alone."""

from datetime import date

import pytest

from streams.roster import Group, Member, Part, Relation, Roster
from streams.window import Calendar

TODAY = date(2026, 11, 24)
Named = tuple[str, str, str]


def part(institution: str, *, named: tuple[Named, ...] = (), linked: tuple[tuple[str, str], ...] = (), teacher: str = "") -> Part:
    """linked: (the roster's identity, the linked one). teacher: the leading identity of a class's teacher."""
    group = Group("g" + institution, institution, "5.A", "5.A", "class", 5, "")
    member = Member(teacher, institution, group.id, "class", "teacher", date.min, date.max)
    return Part(institution, Calendar(), (group,), (member,) if teacher else (), named, linked, {})


ANNA = ("anna", "anna", "person-anna")
BO = ("bo", "bo", "person-bo")
LONE = ("lone", "lone", "person-lone")


@pytest.mark.parametrize("linking", ["A", "B"])
def test_a_link_takes_no_identity_that_a_roster_names(linking: str) -> None:
    links = (("bo", "anna"),)
    roster = Roster([part("A", named=(ANNA, BO), linked=links if linking == "A" else ()), part("B", named=(BO,), linked=links)])
    assert (roster.owner("anna"), roster.owner("bo")) == ("person-anna", "person-bo")
    assert roster.disputed == frozenset()


def test_a_link_to_a_pupil_of_another_school_counts_for_nothing() -> None:
    roster = Roster([part("A", named=(ANNA,)), part("B", named=(BO,), linked=(("anna", "own-1"), ("bo", "own-2")))])
    assert (roster.owner("own-1"), roster.owner("own-2")) == (None, "person-bo")
    assert roster.identities["person-anna"] == ("anna",)


def test_links_of_one_identity_to_two_pupils_count_for_neither() -> None:
    roster = Roster([part("A", named=(ANNA,), linked=(("anna", "own"),)), part("B", named=(BO,), linked=(("bo", "own"),))])
    assert roster.owner("own") is None
    assert roster.disputed == {"own"}
    assert roster.owner("anna") == "person-anna"


def test_who_is_linked_to_a_teacher_sees_nothing_of_the_teacher_s_classes() -> None:
    roster = Roster([part("A", named=(LONE,), linked=(("lone", "evil"),), teacher="lone")])
    assert (roster.named("evil"), roster.named("lone")) == (None, "person-lone")
    assert list(Relation.teacher(roster, "lone", TODAY).groups) == ["gA"]
    assert Relation.teacher(roster, "evil", TODAY) == Relation({}, {})


def test_management_is_of_the_classes_and_years_that_have_pupils_and_sees_none_of_them() -> None:
    kinds = {"5.A": "class", "5. årgang": "year", "5.A MAT": "hold", "team 5": "team", "4.A": "class"}
    groups = tuple(Group(f"{school}{name}", school, name, name, kind, 5, "") for school in "AB" for name, kind in kinds.items())
    members = tuple(
        Member("anna", one.institution, one.id, one.kind, "pupil", date.min, date(2026, 6, 30) if one.name == "4.A" else date.max)
        for one in groups
    )
    roster = Roster([Part(school, Calendar(), groups, members, (ANNA,), (), {}) for school in "AB"])
    seen = Relation.management(roster, ["A"], TODAY)
    assert seen == Relation({"A5.A": None, "A5. årgang": None}, {}, counted=frozenset({"person-anna"}))
    assert seen.together.pupils == {"person-anna": None}
    assert Relation.management(roster, [], TODAY) == Relation({}, {})


def test_who_two_rosters_name_differently_is_nobody() -> None:
    roster = Roster([part("A", named=(LONE,), teacher="lone"), part("B", named=(("lone", "lone", "person-other"),))])
    assert roster.named("lone") is None
    assert Relation.teacher(roster, "lone", TODAY) == Relation({}, {})
