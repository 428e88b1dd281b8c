"""oneroster_csv: groups, memberships, and who is who (domain 1.6, 2.1)."""

from datetime import date

import pytest
from unit.oneroster import ANNA, LOCAL, SMALL, SOURCED, body, manifest, packed, roster, texts
from unit.posting import AS_OF, OTHER, SCHOOL, drafts, failed, outcomes, reason, registration, taken, values

from connectors.oneroster_csv import CONNECTOR
from contracts.connector import Draft, Failed, NotUsed, Translation
from contracts.events import Group, Membership, RosterIdentity, Snapshot
from contracts.privacy import GroupRef, Identity, Key, Person, RowRef
from contracts.seal import build

pytestmark = pytest.mark.quick


def told(translation: Translation, model: type) -> list[Draft]:
    return [draft for draft in drafts(translation) if draft.model is model]


def test_a_pupil_in_a_class() -> None:
    translation = roster()
    assert [item.kind for item in translation.items] == ["org", "user", "class", "enrollment"]
    assert outcomes(translation) == ["object_not_used", "published", "published", "published"]
    (group,), (membership,) = told(translation, Group), told(translation, Membership)
    assert (group.subject, group.institution, group.report) == (GroupRef(SCHOOL, "c1"), SCHOOL, "class|101001|c1")
    assert group.data == {
        "source_id": "5.A", "name": "5.A", "kind": "class", "grade_level": 5, "subject_code": "unassigned", "school_year": "2026-2027",
    }  # fmt: skip
    assert membership == Draft(
        Membership, ANNA, SCHOOL,
        {
            "group_id": GroupRef(SCHOOL, "c1"), "group_kind": "class", "role": "pupil", "row_id": RowRef(SCHOOL, "e1"), "valid_from": None,
            "valid_to": None,
        },
        "enrollment|101001|e1", AS_OF, AS_OF,
    )  # fmt: skip


def test_a_users_identities_are_one_person_named_by_the_leading_one() -> None:
    identities = told(roster(), RosterIdentity)
    assert [draft.data["identity"] for draft in identities] == [ANNA, LOCAL, SOURCED]
    assert {draft.subject for draft in identities} == {ANNA}
    assert {draft.data["person"] for draft in identities} == {Person(ANNA)}
    assert {draft.data["basis"] for draft in identities} == {"roster"}
    assert len({draft.report for draft in identities}) == 3
    assert all(build(draft, Key(bytes(32))) for draft in drafts(roster()))


def test_the_package_is_complete_and_names_its_pupils() -> None:
    translation = roster(
        users=[*SMALL["users"], "t1,,,o1,teacher,{uniid:lone0001},,,,"], enrollments=[*SMALL["enrollments"], "e2,,,c1,o1,t1,teacher,,,"]
    )
    data = {"source": "skolesystem", "scope": "oneroster_csv"}
    assert translation.derived == (Draft(Snapshot, "i_101001", SCHOOL, data, "snapshot|101001", AS_OF, AS_OF),)
    assert translation.pupils == {SCHOOL: frozenset({ANNA})}
    assert values(told(translation, Membership), "role") == [("pupil",), ("teacher",)]


def test_a_truncated_enrollment_file_names_no_pupils() -> None:
    assert roster(enrollments=[]).pupils == {SCHOOL: frozenset()}
    assert roster(users=[], enrollments=[]).pupils == {SCHOOL: frozenset()}


@pytest.mark.parametrize(
    ("written", "login"),
    [
        ("{UNI-Login:anna1234}", "anna1234"), ("{unilogin:ANNA1234}", "anna1234"), ("{UniID: anna1234 }", "anna1234"),
        ('"{Fed:xyz},{Unilogin:anna1234}"', "anna1234"), ("{Fed:xyz}", None), ("", None),
    ],
)  # fmt: skip
def test_a_unilogin_leads_where_the_roster_gives_one(written: str, login: str | None) -> None:
    (membership,) = told(roster(users=[f"u1,,,o1,student,{written},,,77,"]), Membership)
    assert membership.subject == (Identity("unilogin", login) if login else LOCAL)


def test_without_an_identifier_the_sourced_id_is_the_local_one() -> None:
    identities = told(roster(users=["u1,,,o1,student,,,,,"]), RosterIdentity)
    assert [draft.data["identity"] for draft in identities] == [Identity("local:101001", "u1"), SOURCED]


def test_a_unilogin_of_two_users_counts_for_neither_and_both_stay_in_their_class() -> None:
    users = [*SMALL["users"], "u2,,,o1,student,{unilogin:ANNA1234},,,78,"]
    translation = roster(users=users, enrollments=["e1,,,c1,o1,u1,student,,,", "e2,,,c1,o1,u2,student,,,"])
    assert [(item.kind, outcome) for item, outcome in zip(translation.items, outcomes(translation), strict=True)][1:5] == [
        ("user", "published"), ("identity", "identity_claimed_twice"), ("user", "published"), ("identity", "identity_claimed_twice"),
    ]  # fmt: skip
    assert failed(translation) == [
        ("identity_claimed_twice", "users.csv line 2, column userIds"), ("identity_claimed_twice", "users.csv line 3, column userIds"),
    ]  # fmt: skip
    assert ANNA not in {draft.data["identity"] for draft in told(translation, RosterIdentity)}
    assert [draft.subject for draft in told(translation, Membership)] == [LOCAL, Identity("local:101001", "78")]
    assert translation.pupils == {SCHOOL: frozenset({LOCAL, Identity("local:101001", "78")})}


def test_a_local_id_of_two_users_leaves_them_their_sourced_ids() -> None:
    users = ["u1,,,o1,student,,,,77,", "u2,,,o1,student,,,,77,", "77,,,o1,student,,,,,"]
    translation = roster(users=users)
    assert {draft.subject for draft in told(translation, RosterIdentity)} == {
        Identity("oneroster:101001", one) for one in ("u1", "u2", "77")
    }
    assert [where for _, where in failed(translation)] == [
        "users.csv line 2, column identifier", "users.csv line 3, column identifier", "users.csv line 4, column sourcedId",
    ]  # fmt: skip


def test_a_teacher_and_a_pupil_may_not_share_a_unilogin_either() -> None:
    translation = roster(users=[*SMALL["users"], "t1,,,o1,teacher,{unilogin:anna1234},,,,"])
    assert outcomes(translation).count("identity_claimed_twice") == 2


def test_a_user_of_two_schools_is_one_person_at_both() -> None:
    orgs = [*SMALL["orgs"], f"o2,,,Skole,school,{OTHER},"]
    translation = roster(registration(SCHOOL, OTHER), orgs=orgs, users=['u1,,,"o1,o2",student,{unilogin:anna1234},,,77,'])
    identities = told(translation, RosterIdentity)
    assert {draft.data["person"] for draft in identities} == {Person(ANNA)}
    assert sorted((draft.institution, draft.data["scheme"]) for draft in identities) == [
        (SCHOOL, "local:101001"), (SCHOOL, "oneroster:101001"), (SCHOOL, "unilogin"),
        (OTHER, "local:G19224"), (OTHER, "oneroster:G19224"), (OTHER, "unilogin"),
    ]  # fmt: skip
    assert [draft.institution for draft in translation.derived] == [SCHOOL, OTHER]
    assert translation.pupils == {SCHOOL: frozenset({ANNA}), OTHER: frozenset()}


def test_a_school_that_the_credential_is_not_for_fails_with_all_that_is_its() -> None:
    orgs = ["d1,,,Kommune,district,,", *SMALL["orgs"], "o2,,,Skole,school,999999,d1"]
    translation = roster(
        orgs=orgs, users=[*SMALL["users"], "u2,,,o2,student,,,,78,"], classes=[*SMALL["classes"], "c2,,,6.B,06,,6.B,homeroom,o2,,,"],
        enrollments=[*SMALL["enrollments"], "e2,,,c2,o2,u2,student,,,"],
    )  # fmt: skip
    assert failed(translation) == [
        ("institution_not_registered", "orgs.csv line 4, column identifier"),
        ("institution_not_registered", "users.csv line 3, column orgSourcedIds"),
        ("institution_not_registered", "classes.csv line 3, column schoolSourcedId"),
        ("institution_not_registered", "enrollments.csv line 3, column classSourcedId"),
    ]
    assert {draft.institution for draft in drafts(translation)} == {SCHOOL}
    assert translation.pupils == {SCHOOL: frozenset({ANNA})}


@pytest.mark.parametrize("role", ["guardian", "parent", "administrator", "aide", "relative", "principal", "ext:pædagog"])
def test_other_roles_are_not_used(role: str) -> None:
    assert outcomes(roster(users=[f"u1,,,o1,{role},,,,77,"], enrollments=[]))[1] == "role_not_used"


def test_roles_of_version_1_2_stand_in_a_file_of_their_own() -> None:
    users = "sourcedId,status,dateLastModified,enabledUser,userIds,identifier,primaryOrgSourcedId"
    files = {
        "users": ["u1,,,true,{unilogin:anna1234},77,o1", "p1,,,true,,1,o1"],
        "roles": ["r1,,,u1,primary,student,,,o1,", "r2,,,p1,primary,parent,,,o1,"],
    }
    written = texts({**SMALL, **files}) | {"users.csv": "\r\n".join((users, *files["users"], ""))}
    translation = taken(CONNECTOR, packed({"manifest.csv": manifest({**SMALL, **files}, "1.2"), **written}))
    assert outcomes(translation)[1:3] == ["published", "role_not_used"]
    assert told(translation, Membership)[0].subject == ANNA


@pytest.mark.parametrize(
    ("row", "data"),
    [
        ("c1,,,5.A Matematik,05,,5A-MAT,scheduled,o1,,Matematik,MAT", {"kind": "hold", "subject_code": "MAT", "source_id": "5A-MAT"}),
        ("c1,,,5.A,05,,,homeroom,o1,,,", {"kind": "class", "source_id": "5.A"}),
        ('c1,,,5.A,"KG,00,01",,5.A,homeroom,o1,,,', {"grade_level": 0}),
        ("c1,,,10.A,10,,10.A,homeroom,o1,,,", {"grade_level": 10}),
        ("c1,,,Voksne,11,,V,homeroom,o1,,,", {"grade_level": None}),
        ('c1,,,Dansk,05,,D,scheduled,o1,,"Dansk,DAN",', {"subject_code": "DAN"}),
        ('c1,,,Musik,05,,M,scheduled,o1,,,"Musik,mus"', {"subject_code": "unassigned"}),
        ("c1,,,5.A,05,,5.A,homeroom,o1,t1,,", {"school_year": "2025-2026"}),
        ("c1,,,5.A,05,,5.A,homeroom,o1,t2,,", {"school_year": "2024-2025"}),
        ("c1,,,5.A,05,,5.A,homeroom,o1,t3,,", {"school_year": "2026-2027"}),
    ],
)  # fmt: skip
def test_groups(row: str, data: dict[str, object]) -> None:
    sessions = ["t1,,,År,schoolYear,2025-08-01,2026-08-01,,2026", "t2,,,Efterår,term,2024-08-12,2025-01-01,,", "t3,,,?,term,i går,,,"]
    (group,) = told(roster(classes=[row], academicSessions=sessions), Group)
    assert {name: group.data[name] for name in data} == data


@pytest.mark.parametrize(
    ("dates", "first", "last"),
    [
        (",", None, None),
        ("2026-08-10,", date(2026, 8, 10), None),
        ("2026-08-10,2026-11-01", date(2026, 8, 10), date(2026, 10, 31)),
        (",2026-11-01", None, date(2026, 10, 31)),
    ],
)
def test_an_enrollments_end_is_exclusive(dates: str, first: date | None, last: date | None) -> None:
    (membership,) = told(roster(enrollments=[f"e1,,,c1,o1,u1,student,,{dates}"]), Membership)
    assert (membership.data["valid_from"], membership.data["valid_to"]) == (first, last)


@pytest.mark.parametrize(
    ("changed", "why", "where"),
    [
        ({"orgs": ["o1,,,Skole,school,101001,", "o2,,,Skole,school,,"]}, "row_incomplete", "orgs.csv line 3, column identifier"),
        ({"users": [*SMALL["users"], "u2,,,o1,elev,,,,,"]}, "value_invalid", "users.csv line 3, column role"),
        ({"users": [*SMALL["users"], "u2,,,o1,,,,,,"]}, "row_incomplete", "users.csv line 3, column role"),
        ({"users": [*SMALL["users"], "u2,,,,student,,,,,"]}, "institution_missing", "users.csv line 3, column orgSourcedIds"),
        ({"users": [*SMALL["users"], "u2,,,o1,student,bodi5678,,,,"]}, "value_invalid", "users.csv line 3, column userIds"),
        ({"users": [*SMALL["users"], "u2,,,o1,student,,Bo,010110-4321,,"]}, "national_identifier_present", "users.csv line 3"),
        ({"users": [*SMALL["users"], ",,,o1,student,,,,,"]}, "row_incomplete", "users.csv line 3, column sourcedId"),
        ({"users": [*SMALL["users"], "u2,,,o1,student"]}, "row_incomplete", "users.csv line 3"),
        ({"classes": [*SMALL["classes"], "c2,,,6.B,06,,6.B,special,o1,,,"]}, "value_invalid", "classes.csv line 3, column classType"),
        ({"classes": [*SMALL["classes"], "c2,,,,06,,6.B,homeroom,o1,,,"]}, "row_incomplete", "classes.csv line 3, column title"),
        ({"classes": [*SMALL["classes"], f"c2,,,{'6' * 81},06,,6.B,homeroom,o1,,,"]}, "value_invalid", "classes.csv line 3, column title"),
        ({"enrollments": ["e1,,,c1,o1,u1,elev,,,"]}, "value_invalid", "enrollments.csv line 2, column role"),
        ({"enrollments": ["e1,,,c1,o1,u1,student,,10-08-2026,"]}, "date_invalid", "enrollments.csv line 2, column beginDate"),
        ({"enrollments": ["e1,,,c1,o1,u1,student,,2026-08-10,2026-08-01"]}, "value_invalid", "enrollments.csv line 2, column endDate"),
        ({"enrollments": ["e1,,,c1,o1,,student,,,"]}, "row_incomplete", "enrollments.csv line 2, column userSourcedId"),
    ],
)
def test_a_bad_row_fails_alone(changed: dict[str, list[str]], why: str, where: str) -> None:
    translation = roster(**changed)
    assert failed(translation) == [(why, where)]
    assert told(translation, RosterIdentity)


def test_an_enrollment_of_a_row_that_failed_fails_too() -> None:
    translation = roster(users=["u1,,,o1,student,,010110-4321,,77,"])
    assert failed(translation)[1] == ("reference_dangling", "enrollments.csv line 2, column userSourcedId")
    assert roster(users=["u1,,,o1,parent,,,,77,"]).pupils == {SCHOOL: frozenset()}


def test_enrollments_that_are_not_used() -> None:
    rows = ["e1,,,c1,o1,u1,proctor,,,", "e2,,,c1,o1,u1,student,,2026-08-10,2026-08-10"]
    assert outcomes(roster(enrollments=rows))[3:] == ["role_not_used", "row_inactive"]


def test_names_and_addresses_never_come_out() -> None:
    told_of = repr(roster())
    assert all(secret not in told_of for secret in ("Anna", "Ærlig", "a@b.dk"))


def test_parameters() -> None:
    assert taken(CONNECTOR, body(), force="true").items == roster().items
    assert reason(CONNECTOR, body(), force="yes") == "parameter_invalid"
    assert reason(CONNECTOR, body(), complete="true") == "unknown_parameter"
    assert reason(CONNECTOR, body(), as_of="") == "export_time_missing"


def test_what_is_not_published_is_counted_for_its_school() -> None:
    translation = roster(registration(SCHOOL, OTHER), orgs=["d1,,,Kommune,district,,", *SMALL["orgs"]], users=["u1,,,o1,elev,,,,77,"])
    told_of = [(item.kind, item.institution) for item in translation.items if isinstance(item, Failed | NotUsed)]
    assert told_of == [("org", ""), ("org", SCHOOL), ("user", SCHOOL), ("enrollment", SCHOOL)]
