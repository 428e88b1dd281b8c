"""skolegrunddata: groups, memberships, and who is who, of Denmark's own roster (domain 2.1)."""

from datetime import date
from typing import Any

import pytest
from unit.posting import AS_OF, OTHER, SCHOOL, STRANGE, drafts, failed, outcomes, reason, refusal, registration, taken, values
from unit.skolegrunddata import CLASS, document, employee, export, group, institution, login, of_kind, person, pupil, school

from connectors.skolegrunddata import CONNECTOR
from contracts.connector import Draft, Failed
from contracts.events import Group, Membership, Snapshot
from contracts.privacy import GroupRef, Identity, Key, Person, RowRef
from contracts.seal import build

pytestmark = pytest.mark.quick

ANNA, LOCAL = Identity("unilogin", "anna1234"), Identity("local:101001", "77")
SOURCES = '<ImportSource source="A" schoolYear="2025-2026"/><ImportSource source="B" schoolYear="2026-2027"/>'


def test_a_pupil_in_a_class() -> None:
    translation = export(pupil())
    assert [item.kind for item in translation.items] == ["institution", "group", "person", "membership"]
    assert outcomes(translation) == ["object_not_used", "published", "published", "published"]
    (made,), (membership,) = of_kind(translation, "group"), of_kind(translation, "membership")
    data = {
        "source_id": "5A", "name": "5.A", "kind": "class", "grade_level": 5, "subject_code": "unassigned", "school_year": "2026-2027",
    }  # fmt: skip
    assert made == Draft(Group, GroupRef(SCHOOL, "5A"), SCHOOL, data, "group|101001|5A", AS_OF, AS_OF)
    row = "unilogin|anna1234|pupil|5A"
    data = {
        "group_id": GroupRef(SCHOOL, "5A"), "group_kind": "class", "role": "pupil", "row_id": RowRef(SCHOOL, row), "valid_from": None,
        "valid_to": None,
    }  # fmt: skip
    assert membership == Draft(Membership, ANNA, SCHOOL, data, f"membership|101001|{row}", AS_OF, AS_OF)
    assert all(build(draft, Key(bytes(32))) for draft in drafts(translation))


def test_the_export_is_complete_at_its_own_time_and_names_its_pupils() -> None:
    translation = export(pupil(), employee("lone0001", "Lærer"))
    data = {"source": "skolesystem", "scope": "skolegrunddata"}
    assert translation.derived == (Draft(Snapshot, "i_101001", SCHOOL, data, "snapshot|101001", AS_OF, AS_OF),)
    assert translation.pupils == {SCHOOL: frozenset({ANNA})}
    assert export().pupils == {SCHOOL: frozenset()}
    assert taken(CONNECTOR, school(pupil()), as_of="2020-01-01T00:00:00Z").derived == translation.derived


@pytest.mark.parametrize(
    ("written", "same"),
    [("2026-11-23T15:00:00", 0), ("2026-11-23T15:00:00+01:00", 0), ("2026-11-23T14:00:00Z", 0), ("2026-11-23T15:00:00.250", 250_000)],
)
def test_an_export_time_without_offset_is_danish(written: str, same: int) -> None:
    assert taken(CONNECTOR, school(at=written)).derived[0].order == AS_OF + same


def test_identities_are_one_person_named_by_the_leading_one() -> None:
    told = of_kind(export(pupil("ANNA1234", local="77")), "person")
    assert values(told, "scheme", "identity", "basis") == [("unilogin", ANNA, "roster"), ("local:101001", LOCAL, "roster")]
    assert {draft.subject for draft in told} == {ANNA}
    assert {draft.data["person"] for draft in told} == {Person(ANNA)}
    assert len({draft.report for draft in told}) == 2
    (membership,) = of_kind(export(pupil("", local="77")), "membership")
    assert membership.subject == LOCAL


@pytest.mark.parametrize("role", ["Barn", "Elev", "Studerende"])
def test_pupils(role: str) -> None:
    assert values(of_kind(export(pupil(role=role)), "membership"), "role") == [("pupil",)]


@pytest.mark.parametrize(
    ("roles", "role"),
    [
        (("Lærer",), "teacher"), (("Vikar",), "teacher"), (("Pædagog",), "pedagogue"), (("Pædagog", "Lærer"), "teacher"),
        (("Leder", "Pædagog"), "pedagogue"), (("TAP", "Vikar"), "teacher"),
    ],
)  # fmt: skip
def test_those_who_teach(roles: tuple[str, ...], role: str) -> None:
    translation = export(employee("lone0001", *roles))
    assert values(of_kind(translation, "membership"), "role") == [(role,)]
    assert translation.pupils == {SCHOOL: frozenset()}


@pytest.mark.parametrize(
    "record",
    [
        employee("lone0001", "Leder"), employee("lone0001", "Ledelse", "TAP"), employee("lone0001", "Konsulent"),
        person(login("lone0001"), "<Extern><Role>Ekstern</Role><GroupId>5A</GroupId></Extern>"), person(login("lone0001")),
    ],
)  # fmt: skip
def test_those_without_a_teaching_relation_are_not_used(record: str) -> None:
    assert outcomes(export(record))[2:] == ["role_not_used"]


@pytest.mark.parametrize(
    ("element", "data"),
    [
        (group("H", "Hold"), {"kind": "hold", "source_id": "H", "name": "H", "grade_level": None}),
        (group("H", "Årgang", "<GroupLevel>10</GroupLevel>"), {"kind": "year", "grade_level": 10}),
        (group("H", "Team", "<GroupLevel>U1</GroupLevel>"), {"kind": "team", "grade_level": None}),
        (group("H", "Hovedgruppe", "<GroupLevel>0</GroupLevel>"), {"kind": "class", "grade_level": 0}),
        (group("H", "Hold", "<GroupLevel>11</GroupLevel>"), {"grade_level": None}),
        (group("H", "Hold", f"<GroupName>\n  5.A  {'x' * 99} </GroupName>"), {"name": f"5.A {'x' * 76}"}),
    ],
)
def test_groups(element: str, data: dict[str, Any]) -> None:
    made = of_kind(export(element), "group")[1]
    assert {name: made.data[name] for name in data} == data
    assert made.data["subject_code"] == "unassigned"


@pytest.mark.parametrize("kind", ["Retning", "SFO", "Andet"])
def test_groups_that_no_view_needs_are_not_used_nor_who_is_in_them(kind: str) -> None:
    translation = export(group("G", kind), pupil(groups="<GroupId>G</GroupId>"))
    assert outcomes(translation)[2:] == ["object_not_used", "published", "published", "object_not_used"]
    assert translation.pupils == {SCHOOL: frozenset({ANNA})}
    assert export(group("G", kind), pupil(main="G")).pupils == {SCHOOL: frozenset()}


def test_a_home_class_without_level_has_that_of_all_its_pupils() -> None:
    home = group("6B", "Hovedgruppe")
    one, other = pupil("anna1234", main="6B"), pupil("bodi5678", main="6B")
    assert of_kind(export(home, one, other), "group")[1].data["grade_level"] == 5
    mixed = other.replace("<Level>5", "<Level>6")
    assert of_kind(export(home, one, mixed), "group")[1].data["grade_level"] is None


def test_memberships_are_as_long_as_their_group_and_each_group_is_one() -> None:
    when = "<FromDate>2026-08-10</FromDate><ToDate>2027-06-25+02:00</ToDate>"
    hold = group("MAT", "Hold", when)
    told = of_kind(export(hold, pupil(groups="<GroupId>MAT</GroupId><GroupId>5A</GroupId><GroupId>MAT</GroupId>")), "membership")
    assert values(told, "group_kind", "valid_from", "valid_to") == [
        ("class", None, None), ("hold", date(2026, 8, 10), date(2027, 6, 25)),
    ]  # fmt: skip


def test_a_group_id_is_of_its_institution() -> None:
    both = document(institution(CLASS, pupil()), institution(CLASS, pupil("tina7777"), number=OTHER))
    translation = taken(CONNECTOR, both, registration(SCHOOL, OTHER))
    assert [draft.subject for draft in of_kind(translation, "group")] == [GroupRef(SCHOOL, "5A"), GroupRef(OTHER, "5A")]
    assert [draft.institution for draft in translation.derived] == [SCHOOL, OTHER]
    assert translation.pupils == {SCHOOL: frozenset({ANNA}), OTHER: frozenset({Identity("unilogin", "tina7777")})}


def test_someone_of_two_institutions_is_one_person_at_both() -> None:
    both = document(institution(CLASS, pupil(local="77")), institution(CLASS, pupil(local="8"), number=OTHER))
    told = of_kind(taken(CONNECTOR, both, registration(SCHOOL, OTHER)), "person")
    assert {draft.data["person"] for draft in told} == {Person(ANNA)}
    assert [(draft.institution, draft.data["scheme"]) for draft in told] == [
        (SCHOOL, "unilogin"), (SCHOOL, "local:101001"), (OTHER, "unilogin"), (OTHER, "local:G19224"),
    ]  # fmt: skip


def test_two_systems_may_tell_of_one_person() -> None:
    translation = taken(CONNECTOR, document(SOURCES, institution(CLASS, pupil(local="1", source="A"), pupil(local="2", source="B"))))
    assert failed(translation) == []
    assert {draft.data["identity"].value for draft in of_kind(translation, "person")} == {"anna1234", "1", "2"}
    assert {draft.subject for draft in of_kind(translation, "person")} == {ANNA}


def test_a_unilogin_twice_in_one_system_counts_for_neither() -> None:
    translation = export(pupil(local="77"), pupil(local="78"))
    where = "InstitutionPerson/UNILogin/UserId"
    assert failed(translation) == [("identity_claimed_twice", f"line {line}, {where}") for line in (4, 5)]
    assert [item.kind for item in translation.items if isinstance(item, Failed)] == ["identity", "identity"]
    assert [item.subject for item in translation.items if isinstance(item, Failed)] == [LOCAL, Identity("local:101001", "78")]
    assert translation.pupils == {SCHOOL: frozenset({LOCAL, Identity("local:101001", "78")})}


def test_who_is_left_without_an_identity_fails_and_is_in_no_group() -> None:
    translation = export(pupil(), employee("ANNA1234", "Lærer"))
    assert outcomes(translation)[2:] == ["identity_claimed_twice", "identity_claimed_twice"]
    assert translation.pupils == {SCHOOL: frozenset()}


def test_a_local_id_under_two_unilogins_counts_for_neither() -> None:
    records = (pupil("anna1234", local="77", source="A"), pupil("bodi5678", local="77", source="B"))
    translation = taken(CONNECTOR, document(SOURCES, institution(CLASS, *records)))
    assert [where.partition(", ")[2] for _, where in failed(translation)] == ["InstitutionPerson/LocalPersonId"] * 2
    assert {draft.data["scheme"] for draft in of_kind(translation, "person")} == {"unilogin"}


@pytest.mark.parametrize(
    ("element", "why", "where"),
    [
        (group("X", "Klub"), "value_invalid", "Group/GroupType"),
        ("<Group><GroupType>Hold</GroupType></Group>", "row_incomplete", "Group/GroupId"),
        ("<Group><GroupId>X</GroupId></Group>", "row_incomplete", "Group/GroupType"),
        (group("x" * 81), "value_invalid", "Group/GroupId"),
        (group("X", "Hold", "<ToDate>25-06-2027</ToDate>"), "value_invalid", "Group/ToDate"),
        (group("X", "Hold", "<FromDate>2027-02-30</FromDate>"), "value_invalid", "Group/FromDate"),
        (group("X", "Hold", "<FromDate>2027-02-02</FromDate><ToDate>2027-02-01</ToDate>"), "value_invalid", "Group/ToDate"),
        (group("X", "Hold", "<GroupType>Team</GroupType>"), "row_repeated", "Group/GroupType"),
        (group("X", "Hold", "<Farve>rød</Farve>"), "unknown_member", ""),
        (pupil("bodi5678", role="Lærling"), "value_invalid", "InstitutionPerson/Student/Role"),
        (pupil(""), "row_incomplete", "InstitutionPerson/UNILogin/UserId"),
        (pupil("  "), "row_incomplete", "InstitutionPerson/UNILogin/UserId"),
        (pupil("x" * 501), "value_invalid", "InstitutionPerson/UNILogin/UserId"),
        (pupil("bodi5678", main="6B"), "reference_dangling", "InstitutionPerson/Student/MainGroupId"),
        (pupil("bodi5678", main=""), "row_incomplete", "InstitutionPerson/Student/MainGroupId"),
        (pupil("bodi5678", "<GroupId>Z</GroupId>"), "reference_dangling", "InstitutionPerson/Student/GroupId"),
        (pupil("bodi5678", "<Nyt/>"), "unknown_member", ""),
        (employee("lone0001", "Rektor"), "value_invalid", "InstitutionPerson/Employee/Role"),
        (employee("lone0001"), "row_incomplete", "InstitutionPerson/Employee/Role"),
        (person(login("a"), login("b")), "", ""),
        (person(login("bodi5678"), "<Student><Role>Elev</Role></Student><Extern/>"), "row_repeated", "InstitutionPerson/Extern"),
        (pupil("010110-4321"), "national_identifier_present", ""),
        (group("X", "Hold", "<Line>0101104321</Line>"), "national_identifier_present", ""),
        (
            pupil("bodi5678", "<ContactPerson><Person><FirstName>010110-4321</FirstName></Person></ContactPerson>"),
            "national_identifier_present", "",
        ),
    ],
)  # fmt: skip
def test_a_bad_item_fails_alone(element: str, why: str, where: str) -> None:
    translation = export(element, pupil())
    assert failed(translation) == ([(why, f"line 4, {where}" if where else "line 4")] if why else [])
    assert ANNA in {draft.subject for draft in of_kind(translation, "membership")}


def test_a_source_that_is_not_named_fails_its_person() -> None:
    translation = taken(CONNECTOR, document(SOURCES, institution(CLASS, pupil(source="C"))))
    assert failed(translation) == [("reference_dangling", "line 4, InstitutionPerson/@source")]


def test_of_a_failed_item_only_the_listed_fields_are_kept_and_of_one_with_a_cpr_number_nothing() -> None:
    extra = "<StudentNumber>17</StudentNumber><ContactPerson><Person><FirstName>Ærlig</FirstName></Person></ContactPerson>"
    names = "<Person><FirstName>Anna</FirstName><Address><StreetAddress>Åvej 1</StreetAddress></Address></Person>"
    record = person(login("anna1234"), names, f"<Student>Fri tekst<Role>Lærling</Role>{extra}<Level>5</Level></Student>")
    (item,) = [one for one in export(record).items if isinstance(one, Failed)]
    assert item.body == (
        b'[["InstitutionPerson/UNILogin/UserId","anna1234"],'
        b'["InstitutionPerson/Student/Role","L\xc3\xa6rling"],["InstitutionPerson/Student/Level","5"]]'
    )
    assert (item.subject, item.institution) == (ANNA, SCHOOL)
    (held,) = [one for one in export(pupil("010110-4321")).items if isinstance(one, Failed)]
    assert (held.body, held.subject) == (b"", None)


@pytest.mark.parametrize(
    ("number", "why"),
    [("10100", "value_invalid"), ("1010011", "value_invalid"), ("g19224", "value_invalid"), (STRANGE, "institution_not_registered")],
)
def test_the_institution_is_one_of_the_credentials(number: str, why: str) -> None:
    both = document(institution(CLASS, pupil()), institution(CLASS, pupil("bodi5678"), number=number))
    (fault,) = refusal(CONNECTOR, both).faults
    assert (fault.reason, fault.pointer) == (why, "line 5, UNILoginExport/Institution/InstitutionNumber")


def test_ids_that_occur_twice_refuse_the_document() -> None:
    assert reason(CONNECTOR, document(institution(CLASS), institution(CLASS))) == "id_repeated"
    (fault,) = refusal(CONNECTOR, school(group("5A"))).faults
    assert (fault.reason, fault.pointer) == ("id_repeated", "line 4, Group/GroupId")


@pytest.mark.parametrize(
    ("sources", "year"),
    [
        ("", "2026-2027"), (SOURCES, "2026-2027"), ('<ImportSource source="A" schoolyear="2025-2026"/>', "2025-2026"),
        ('<ImportSource source="A"/>', "2026-2027"),
    ],
)  # fmt: skip
def test_the_school_year(sources: str, year: str) -> None:
    assert of_kind(taken(CONNECTOR, document(sources, institution(CLASS))), "group")[0].data["school_year"] == year


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (document(), "missing_member"),
        (document(institution(CLASS)).replace("exportDateTime", "x"), "missing_member"),
        (school(at=""), "missing_member"),
        (school(at="i går"), "timestamp_invalid"),
        (school(at="2026-11-23"), "timestamp_invalid"),
        (school(at="2026-11-25T11:00:00"), "event_in_future"),
        (document('<ImportSource source="A" schoolYear="2026-2028"/>', institution(CLASS)), "value_invalid"),
        (document("<ImportSource/>", institution(CLASS)), "missing_member"),
        (document("<Nyt/>", institution(CLASS)), "unknown_member"),
        (document("<Institution/>"), "row_incomplete"),
        (document(institution("<Nyt/>")), "unknown_member"),
        (document(institution("<InstitutionName>Skolen 010110-4321</InstitutionName>")), "national_identifier_present"),
        (document(institution(CLASS), name="UNILoginImport"), "root_unknown"),
    ],
)
def test_a_document_that_cannot_be_taken(body: str, why: str) -> None:
    assert reason(CONNECTOR, body) == why


@pytest.mark.parametrize(
    ("element", "why"), [("CivilRegistrationNumber", "national_identifier_present"), ("InitialPassword", "export_too_wide")]
)
def test_a_package_with_cpr_numbers_or_passwords_is_refused_with_the_one_to_export(element: str, why: str) -> None:
    """Also where the number is a replacement number with letters, which has no shape to know it by."""
    record = person(f"<UNILogin><UserId>anna1234</UserId><{element}>010110ABCD</{element}></UNILogin>")
    (fault,) = refusal(CONNECTOR, school(record)).faults
    assert (fault.reason, fault.pointer) == (why, "line 4")
    assert "export the small package" in fault.detail
    assert outcomes(export(person(f"<UNILogin><UserId>anna1234</UserId><{element}> </{element}></UNILogin>")))[2] == "role_not_used"


def test_parameters() -> None:
    assert taken(CONNECTOR, school(pupil()), force="true").items == export(pupil()).items
    assert reason(CONNECTOR, school(), force="yes") == "parameter_invalid"
    assert reason(CONNECTOR, school(), complete="true") == "unknown_parameter"
