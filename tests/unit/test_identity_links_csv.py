"""identity_links_csv: one hop from a supplier's ids to the roster's (design 3, "Who a pupil is")."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.posting import AS_OF, OTHER, SCHOOL, STRANGE, csv, drafts, failed, only_failed, outcomes, reason, registration, taken

from connectors.identity_links_csv import CONNECTOR
from contracts.connector import Draft, Registration, Translation
from contracts.events import RosterIdentity, Snapshot
from contracts.privacy import Identity, Key
from contracts.seal import build

pytestmark = pytest.mark.quick

HEADER = "skema_fra;id_fra;skema_til;id_til"
ANNA = Identity("unilogin", "anna1234")


def links(*rows: str, by: Registration | None = None) -> Translation:
    return taken(CONNECTOR, csv(*rows, header=HEADER), by)


def test_a_row_says_of_the_rosters_identity_that_the_suppliers_is_the_same_pupil() -> None:
    (draft,) = drafts(links("skriv;elev-77;unilogin;ANNA1234"))
    own = Identity("skriv", "elev-77")
    data = {"scheme": "skriv", "identity": own, "basis": "link"}
    assert draft == Draft(RosterIdentity, ANNA, SCHOOL, data, "link|101001|skriv|elev-77|unilogin|anna1234", AS_OF, AS_OF)
    built = build(draft, Key(bytes(32)))
    assert isinstance(built, RosterIdentity)
    assert built.identity == Key(bytes(32)).seal(own)


def test_a_scheme_may_be_a_home_page_and_be_registered_under_another_name() -> None:
    by = registration(schemes={"https://idp.unilogin.dk": "unilogin"})
    (draft,) = drafts(links("https://matematik-x.dk:8443/a;elev:77;https://idp.unilogin.dk;anna1234", by=by))
    assert draft.subject == ANNA
    assert draft.data["identity"] == Identity("https://matematik-x.dk:8443/a", "elev:77")


def test_the_file_is_complete() -> None:
    (derived,) = links("skriv;elev-77;unilogin;anna1234", "skriv;elev-78;unilogin;bodi5678").derived
    data = {"source": "skolesystem", "scope": "identity_links_csv"}
    assert derived == Draft(Snapshot, "i_101001", SCHOOL, data, "snapshot|101001", AS_OF, AS_OF)
    assert links("skriv;;unilogin;anna1234").derived == ()


def test_two_identities_of_one_pupil() -> None:
    assert outcomes(links("skriv;elev-77;unilogin;anna1234", "mat;77;unilogin;anna1234")) == ["published", "published"]


def test_an_identity_linked_to_two_pupils_is_linked_to_neither() -> None:
    translation = links(
        "skriv;elev-77;unilogin;anna1234", "skriv;elev-77;unilogin;bodi5678", "skriv;elev-77;unilogin;ANNA1234", "mat;77;unilogin;anna1234"
    )
    assert outcomes(translation) == ["identity_claimed_twice"] * 3 + ["published"]
    assert failed(translation)[0] == ("identity_claimed_twice", "line 2, column id_fra")


def test_the_same_link_twice_is_one_report() -> None:
    told = drafts(links("skriv;elev-77;unilogin;anna1234", "skriv; elev-77 ;Unilogin;Anna1234"))
    assert len(told) == 2
    assert told[0] == told[1]


@pytest.mark.parametrize(
    ("row", "why", "where"),
    [
        ("Unilogin;ANNA1234;unilogin;anna1234", "value_invalid", "line 2, column id_til"),
        ("skriv;;unilogin;anna1234", "row_incomplete", "line 2, column id_fra"),
        (";77;unilogin;anna1234", "row_incomplete", "line 2, column skema_fra"),
        ("skriv;77;;anna1234", "row_incomplete", "line 2, column skema_til"),
        ("skriv;77;unilogin;", "row_incomplete", "line 2, column id_til"),
        ("s" * 81 + ";77;unilogin;anna1234", "value_invalid", "line 2, column skema_fra"),
        ("skriv;" + "7" * 501 + ";unilogin;anna1234", "value_invalid", "line 2, column id_fra"),
        ("skriv;77;cpr;010110-4321", "national_identifier_present", "line 2"),
        ("skriv;77;mailto;010110-4321@skole.dk", "national_identifier_present", "line 2"),
    ],
)
def test_a_bad_row_fails_alone(row: str, why: str, where: str) -> None:
    translation = links(row, "skriv;78;unilogin;bodi5678")
    assert outcomes(translation) == [why, "published"]
    assert failed(translation) == [(why, where)]


def test_which_school() -> None:
    rows = ("G19224;skriv;77;unilogin;anna1234", f"{STRANGE};skriv;78;unilogin;bodi5678", ";skriv;79;unilogin;carl9012")
    translation = taken(CONNECTOR, csv(*rows, header="institution;" + HEADER), registration(SCHOOL, OTHER))
    assert outcomes(translation) == ["published", "institution_not_registered", "institution_missing"]
    assert [draft.institution for draft in translation.derived] == [OTHER]


def test_a_cpr_number_leaves_nothing_of_its_row() -> None:
    item = only_failed(links("skriv;77;cpr;010110-4321"))
    assert (item.body, item.detail) == (b"", "")


def test_what_is_refused_whole() -> None:
    row = "skriv;77;unilogin;anna1234"
    assert reason(CONNECTOR, HEADER) == "empty_file"
    assert reason(CONNECTOR, csv(row, header="fra;til")) == "not_csv"
    assert reason(CONNECTOR, csv(row, header=HEADER.replace(";", ","))) == "not_csv"
    assert reason(CONNECTOR, csv("a;b;c", header="skema_fra;id_fra;skema_til")) == "column_missing"
    assert reason(CONNECTOR, csv(row, header=HEADER), as_of="") == "export_time_missing"
    assert reason(CONNECTOR, csv(row, header=HEADER), force="true") == "unknown_parameter"


ids = st.text(st.characters(categories=["Ll", "Lu"]), min_size=1, max_size=6)


@given(st.lists(st.tuples(ids, ids), min_size=1, max_size=12))
def test_no_identity_ever_has_two_pupils(pairs: list[tuple[str, str]]) -> None:
    translation = links(*(f"skriv;{own};unilogin;{target}" for own, target in pairs))
    linked: dict[object, set[object]] = {}
    for draft in drafts(translation):
        linked.setdefault(draft.data["identity"], set()).add(draft.subject)
    assert all(len(targets) == 1 for targets in linked.values())
    assert len(translation.items) == len(pairs)
