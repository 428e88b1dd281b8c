"""calendar_csv: a complete file of school days (domain 2.9, 4.7: a day that closes late)."""

from datetime import date

import pytest
from unit.posting import AS_OF, OTHER, SCHOOL, STRANGE, csv, drafts, failed, only_failed, outcomes, reason, registration, taken, values

from connectors.calendar_csv import CONNECTOR
from contracts.connector import Draft, Registration, Translation
from contracts.events import CalendarDay, Snapshot

pytestmark = pytest.mark.quick

HEADER = "institution;dato;skoledag"


def days(*rows: str, by: Registration | None = None) -> Translation:
    return taken(CONNECTOR, csv(*rows, header=HEADER), by)


def test_a_row_is_a_day_of_the_institution() -> None:
    (draft,) = drafts(days("101001;24-12-2026;nej"))
    data = {"date": date(2026, 12, 24), "school_day": False}
    assert draft == Draft(CalendarDay, "i_101001", SCHOOL, data, "calendar_day|101001|2026-12-24", AS_OF, AS_OF)


@pytest.mark.parametrize(("written", "said"), [("ja", True), ("JA", True), ("1", True), ("nej", False), ("Nej", False), ("0", False)])
def test_yes_and_no(written: str, said: bool) -> None:
    assert values(drafts(days(f"101001;23-11-2026;{written}")), "school_day") == [(said,)]


def test_the_file_is_complete_for_each_school_that_it_tells_of() -> None:
    translation = days("101001;23-11-2026;ja", "G19224;23-11-2026;ja", "101001;24-11-2026;ja", by=registration(SCHOOL, OTHER))
    assert translation.derived == tuple(
        Draft(Snapshot, f"i_{school}", school, {"source": "skolesystem", "scope": "calendar_csv"}, f"snapshot|{school}", AS_OF, AS_OF)
        for school in (SCHOOL, OTHER)
    )
    assert translation.pupils is None


def test_a_school_all_of_whose_rows_failed_keeps_its_calendar() -> None:
    translation = days("101001;23-11-2026;ja", "G19224;23-11-2026;måske", by=registration(SCHOOL, OTHER))
    assert [draft.institution for draft in translation.derived] == [SCHOOL]


def test_without_the_column_the_credential_says_which_school() -> None:
    body = csv("23-11-2026;ja", header="dato;skoledag")
    assert drafts(taken(CONNECTOR, body))[0].institution == SCHOOL
    assert only_failed(taken(CONNECTOR, body, registration(SCHOOL, OTHER))).reason == "institution_missing"


@pytest.mark.parametrize(
    ("row", "why", "where"),
    [
        (f"{STRANGE};23-11-2026;ja", "institution_not_registered", "line 2, column institution"),
        ("101001;23/11/2026;ja", "date_invalid", "line 2, column dato"),
        ("101001;29-02-2027;ja", "date_invalid", "line 2, column dato"),
        ("101001;;ja", "row_incomplete", "line 2, column dato"),
        ("101001;23-11-2026;", "row_incomplete", "line 2, column skoledag"),
        ("101001;23-11-2026;true", "value_invalid", "line 2, column skoledag"),
        ("0101104321;23-11-2026;ja", "national_identifier_present", "line 2"),
    ],
)
def test_a_bad_row_fails_alone(row: str, why: str, where: str) -> None:
    translation = days(row, "101001;24-11-2026;ja")
    assert outcomes(translation) == [why, "published"]
    assert failed(translation) == [(why, where)]


def test_a_date_told_both_ways_fails_twice_and_told_twice_counts_once() -> None:
    translation = days("101001;23-11-2026;ja", "101001;23-11-2026;0", "101001;24-11-2026;ja", "101001;24-11-2026;1")
    assert outcomes(translation) == ["row_repeated", "row_repeated", "published", "published"]
    assert len({draft.report for draft in drafts(translation)}) == 1


def test_what_is_refused_whole() -> None:
    row = "101001;23-11-2026;ja"
    assert reason(CONNECTOR, HEADER) == "empty_file"
    assert reason(CONNECTOR, b"") == "empty_file"
    assert reason(CONNECTOR, csv(row, header=HEADER.replace(";", ","))) == "not_csv"
    assert reason(CONNECTOR, csv("23-11-2026", header="dato")) == "column_missing"
    assert reason(CONNECTOR, csv(row, header=HEADER), as_of="") == "export_time_missing"
    assert reason(CONNECTOR, csv(row, header=HEADER), complete="true") == "unknown_parameter"
