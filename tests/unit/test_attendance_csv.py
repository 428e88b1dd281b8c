"""attendance_csv: codes, slots, days, and every bad input with its reason (domain 2.3, 4.3, 4.7)."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.posting import (
    AS_OF,
    OTHER,
    RECEIVED,
    SCHOOL,
    STRANGE,
    csv,
    drafts,
    failed,
    not_used,
    only_failed,
    outcomes,
    reason,
    refusal,
    registration,
    request,
    taken,
    values,
)  # fmt: skip

from connectors.attendance_csv import CONNECTOR
from contracts.connector import Draft, Published, Translation
from contracts.dates import DAY, instant, rfc3339
from contracts.errors import Refused
from contracts.events import AttendanceDayTotal, AttendanceRegistered
from contracts.privacy import Identity, Key
from contracts.seal import build

pytestmark = pytest.mark.quick

SLOTS = "unilogin;dato;klasse;start;slut"
DAYS = "unilogin;dato;fravaer;aarsag"
ANNA = Identity("unilogin", "anna1234")
CPR = "010110-4321"


def slots(*rows: str, **query: str) -> Translation:
    return taken(CONNECTOR, csv(*rows, header=SLOTS), **query)


def days(*rows: str, **query: str) -> Translation:
    return taken(CONNECTOR, csv(*rows, header=DAYS), **query)


def told(translation: Translation) -> list[tuple[object, ...]]:
    return [tuple(row) for row in values(drafts(translation), "slot", "status", "cause")]


def test_a_row_is_one_item_with_a_draft_for_each_slot() -> None:
    translation = slots("anna1234;23-11-2026;5.A;S;L")
    assert outcomes(translation) == ["published"]
    start, end = drafts(translation)
    assert start == Draft(
        AttendanceRegistered, ANNA, SCHOOL,
        {"date": date(2026, 11, 23), "slot": "start", "status": "absent", "cause": "illness", "minutes_missed": None},
        "attendance|101001|unilogin|anna1234|2026-11-23|start", AS_OF, AS_OF,
    )  # fmt: skip
    assert (end.data["slot"], end.data["cause"], end.report[-4:]) == ("end", "leave", "|end")


@pytest.mark.parametrize(
    ("code", "status", "cause"),
    [("S", "absent", "illness"), ("L", "absent", "leave"), ("U", "absent", "unlawful"), ("F", "late", None), ("u", "absent", "unlawful")],
)
def test_codes(code: str, status: str, cause: str | None) -> None:
    assert told(slots(f"anna1234;23-11-2026;5.A;{code};")) == [("start", status, cause)]


def test_a_blank_says_present_only_in_a_complete_file() -> None:
    row = "anna1234;23-11-2026;5.A;;"
    assert not_used(slots(row)) == ["blank"]
    assert not_used(slots(row, complete="false")) == ["blank"]
    assert told(slots(row, complete="true")) == [("start", "present", None), ("end", "present", None)]


def test_without_a_column_for_it_the_end_of_the_day_says_nothing() -> None:
    translation = taken(CONNECTOR, csv("anna1234;23-11-2026;", header="unilogin;dato;start"), complete="true")
    assert told(translation) == [("start", "present", None)]


@pytest.mark.parametrize(("written", "minutes"), [("45", 45), ("12,5", 12), ("13,5", 14), ("12.51", 13), ("0", 0), ("1440", 1440)])
def test_minutes_with_a_decimal_comma_are_rounded(written: str, minutes: int) -> None:
    header = "unilogin;dato;start;minutter_start"
    translation = taken(CONNECTOR, csv(f"anna1234;23-11-2026;F;{written}", header=header))
    assert values(drafts(translation), "minutes_missed") == [(minutes,)]


@pytest.mark.parametrize("written", ["-5", "1441", "1e3", "fem", "NaN", "1.000,5", "٣"])
def test_minutes_that_are_none_fail_the_row(written: str) -> None:
    header = "unilogin;dato;start;minutter_start"
    translation = taken(CONNECTOR, csv(f"anna1234;23-11-2026;F;{written}", header=header))
    assert failed(translation) == [("value_invalid", "line 2, column minutter_start")]


def test_the_schools_own_id_is_local_to_the_school() -> None:
    (draft,) = drafts(taken(CONNECTOR, csv("77;23-11-2026;S", header="elevid;dato;start")))
    assert draft.subject == Identity("local:101001", "77")


def test_unilogin_goes_before_the_schools_own_id_and_ignores_case() -> None:
    header = "unilogin;elevid;dato;start"
    both = drafts(taken(CONNECTOR, csv("ANNA1234;77;23-11-2026;S", ";78;23-11-2026;S", header=header)))
    assert [draft.subject for draft in both] == [ANNA, Identity("local:101001", "78")]


@pytest.mark.parametrize(("part", "fraction"), [("0", 0.0), ("0,5", 0.5), ("0.5", 0.5), ("1", 1.0), ("1,0", 1.0)])
def test_days(part: str, fraction: float) -> None:
    translation = days(f"anna1234;23-11-2026;{part};")
    assert [draft.model for draft in drafts(translation)] == [AttendanceDayTotal]
    assert values(drafts(translation), "date", "absent_fraction", "cause") == [(date(2026, 11, 23), fraction, None)]


def test_the_cause_of_a_day() -> None:
    assert values(drafts(days("anna1234;23-11-2026;1;s")), "cause") == [("illness",)]


def test_a_blank_day() -> None:
    assert not_used(days("anna1234;23-11-2026;;")) == ["blank"]
    assert values(drafts(days("anna1234;23-11-2026;;", complete="true")), "absent_fraction") == [(0.0,)]


@pytest.mark.parametrize(
    ("row", "why", "column"),
    [
        ("anna1234;23-11-2026;0,25;", "value_invalid", "fravaer"),
        ("anna1234;23-11-2026;2;", "value_invalid", "fravaer"),
        ("anna1234;23-11-2026;0;S", "value_invalid", "aarsag"),
        ("anna1234;23-11-2026;;S", "row_incomplete", "fravaer"),
        ("anna1234;23-11-2026;1;F", "code_unknown", "aarsag"),
        ("anna1234;31-02-2026;1;S", "date_invalid", "dato"),
    ],
)
def test_bad_days(row: str, why: str, column: str) -> None:
    assert failed(days(row)) == [(why, f"line 2, column {column}")]


@pytest.mark.parametrize(
    ("row", "why", "column"),
    [
        ("anna1234;2026-11-23;5.A;S;", "date_invalid", "dato"),
        ("anna1234;31-11-2026;5.A;S;", "date_invalid", "dato"),
        ("anna1234;1-11-2026;5.A;S;", "date_invalid", "dato"),
        ("anna1234;23-11-0026;5.A;S;", "date_invalid", "dato"),
        ("anna1234;;5.A;S;", "row_incomplete", "dato"),
        (";23-11-2026;5.A;S;", "row_incomplete", "unilogin"),
        ("anna1234;23-11-2026;5.A;X;", "code_unknown", "start"),
        ("anna1234;23-11-2026;5.A;S;syg", "code_unknown", "slut"),
        (f"{'a' * 501};23-11-2026;5.A;S;", "value_invalid", "unilogin"),
    ],
)
def test_a_bad_row_fails_alone_with_its_line_and_column(row: str, why: str, column: str) -> None:
    translation = slots("bodi5678;23-11-2026;5.A;S;", row, "carl9012;23-11-2026;5.A;S;")
    assert outcomes(translation) == ["published", why, "published"]
    assert failed(translation) == [(why, f"line 3, column {column}")]


def test_a_failed_row_keeps_its_own_bytes_for_replay() -> None:
    assert only_failed(slots("anna1234;23-11-2026;5.A;X;")).body == b"anna1234;23-11-2026;5.A;X;\n"


@pytest.mark.parametrize(
    "row",
    [
        f"{CPR};23-11-2026;5.A;S;",
        "anna1234;23-11-2026;cpr 0101104321;S;",
        "anna1234;23-11-2026;5.A;MDEwMTEwLTQzMjE=;",
        'anna1234;23-11-2026;"a ""610110 4321"" b";S;',
        f"anna1234;23-11-2026;5.A;S;;{CPR}",
    ],
)
def test_a_cpr_number_in_any_cell_fails_the_row_and_nothing_of_it_is_kept(row: str) -> None:
    item = only_failed(slots(row))
    assert (item.reason, item.pointer, item.body, item.detail) == ("national_identifier_present", "line 2", b"", "")


def test_a_cpr_number_in_a_column_name_refuses_the_file() -> None:
    refused = refusal(CONNECTOR, csv("anna1234;23-11-2026;S;", header=f"unilogin;dato;start;{CPR}"))
    assert [fault.reason for fault in refused.faults] == ["national_identifier_present"]
    assert "4321" not in repr(refused.faults)


def test_rows_with_more_or_fewer_cells_than_the_header() -> None:
    translation = slots("anna1234;23-11-2026;5.A;S", "bodi5678;23-11-2026;5.A;S;;mere", "carl9012;23-11-2026;5.A;S;;;;")
    assert outcomes(translation) == ["row_incomplete", "not_csv", "published"]


def test_two_rows_that_differ_on_one_pupils_day_fail_both_and_equal_ones_count_once() -> None:
    translation = slots(
        "anna1234;23-11-2026;5.A;S;", "ANNA1234;23-11-2026;5a;L;", "anna1234;24-11-2026;5.A;S;",
        "bodi5678;23-11-2026;5.A;S;", "bodi5678;23-11-2026;5.A;s;",
    )  # fmt: skip
    assert outcomes(translation) == ["row_repeated", "row_repeated", "published", "published", "published"]
    assert failed(translation) == [("row_repeated", "line 2"), ("row_repeated", "line 3")]
    assert len({draft.report for draft in drafts(translation)}) == 2


def test_the_same_id_at_two_schools_is_two_pupils() -> None:
    header = "elevid;institution;dato;start"
    translation = taken(CONNECTOR, csv("77;101001;23-11-2026;S", "77;G19224;23-11-2026;L", header=header), registration(SCHOOL, OTHER))
    assert outcomes(translation) == ["published", "published"]


def test_a_later_export_has_the_same_report_and_a_higher_order() -> None:
    body = csv("anna1234;23-11-2026;5.A;U;", header=SLOTS)
    later = csv("anna1234;23-11-2026;5.A;S;", header=SLOTS)
    (first,), (second,) = drafts(taken(CONNECTOR, body)), drafts(taken(CONNECTOR, later, as_of="2026-11-23T20:00:00+01:00"))
    assert first.report == second.report
    assert (first.order, second.order) == (AS_OF, AS_OF + 5 * 3_600_000_000)


def test_which_school() -> None:
    header, several = "unilogin;institution;dato;start", registration(SCHOOL, OTHER)
    rows = ("anna1234;G19224;23-11-2026;S", "bodi5678;;23-11-2026;S", f"carl9012;{STRANGE};23-11-2026;S")
    translation = taken(CONNECTOR, csv(*rows, header=header), several)
    assert outcomes(translation) == ["published", "institution_missing", "institution_not_registered"]
    assert drafts(translation)[0].institution == OTHER
    assert outcomes(taken(CONNECTOR, csv(*rows, header=header))) == [
        "institution_not_registered", "published", "institution_not_registered",
    ]  # fmt: skip
    unnamed = taken(CONNECTOR, csv("anna1234;23-11-2026;5.A;S;", header=SLOTS), several)
    assert only_failed(unnamed).reason == "institution_missing"


def test_what_is_not_published_is_counted_for_its_school() -> None:
    rows = ("anna1234;G19224;23-11-2026;", "bodi5678;G19224;23-11-2026;X", f"carl9012;{STRANGE};23-11-2026;S", f"{CPR};G19224;23-11-2026;S")
    translation = taken(CONNECTOR, csv(*rows, header="unilogin;institution;dato;start"), registration(SCHOOL, OTHER))
    assert [item.institution for item in translation.items if not isinstance(item, Published)] == [OTHER, OTHER, STRANGE, OTHER]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "iso-8859-1", "cp1252"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_encodings_and_line_endings(encoding: str, ending: str) -> None:
    body = csv("søren123;23-11-2026;5.Æ;S;", "åse12345;23-11-2026;5.Ø;L;", header=SLOTS).replace("\n", ending).encode(encoding)
    assert [draft.subject for draft in drafts(taken(CONNECTOR, body))] == [
        Identity("unilogin", "søren123"), Identity("unilogin", "åse12345"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "body",
    [
        csv("anna1234;23-11-2026;5.A;S;", header=SLOTS).encode("utf-16"),
        b"unilogin;dato;start\n\x81;23-11-2026;S\n",
        b"unilogin;dato\0;start\n",
    ],
)
def test_what_is_no_text(body: bytes) -> None:
    assert reason(CONNECTOR, body) == "encoding_unknown"


@pytest.mark.parametrize("body", ["", "\ufeff", "\n\n", ";;;;\n", SLOTS + "\n", SLOTS + "\n;;;;\n"])
def test_a_file_without_rows(body: str) -> None:
    assert reason(CONNECTOR, body) == "empty_file"


@pytest.mark.parametrize(
    ("header", "detail"),
    [
        ("unilogin,dato,klasse,start,slut", "commas, not semicolons"),
        ("unilogin\tdato\tklasse\tstart\tslut", "tabs, not semicolons"),
        ("navn;adresse", "none of the columns dato;unilogin"),
        ("Unilogin;Dato;Start", "none of the columns dato;unilogin"),
    ],
)
def test_a_header_that_is_another(header: str, detail: str) -> None:
    (fault,) = refusal(CONNECTOR, csv("anna1234,23-11-2026,5.A,S,", header=header)).faults
    assert fault.reason == "not_csv"
    assert detail in fault.detail


@pytest.mark.parametrize("body", [SLOTS + '\nanna1234;"23-11-2026;5.A;S;\n', SLOTS + '\n"anna"1234;23-11-2026;5.A;S;\n'])
def test_quotes_that_do_not_close(body: str) -> None:
    (fault,) = refusal(CONNECTOR, body).faults
    assert (fault.reason, fault.pointer) == ("not_csv", "line 2")


def test_a_cell_beyond_all_measure() -> None:
    assert reason(CONNECTOR, csv("a" * 200_000 + ";23-11-2026;5.A;S;", header=SLOTS)) == "not_csv"


@pytest.mark.parametrize(
    ("header", "missing"),
    [
        ("unilogin;dato;slut", "start"), ("dato;start", "unilogin"), ("unilogin;start", "dato"), ("unilogin;dato;fravaer", "aarsag"),
        ("unilogin;dato;klasse", "start"),
    ],
)  # fmt: skip
def test_a_column_that_is_missing_is_named(header: str, missing: str) -> None:
    (fault,) = refusal(CONNECTOR, csv("a;b;c", header=header)).faults
    assert (fault.reason, fault.detail) == ("column_missing", missing)


def test_a_column_twice() -> None:
    assert reason(CONNECTOR, csv("a;23-11-2026;S;S", header="unilogin;dato;start;start")) == "not_csv"


def test_lines_are_counted_in_the_file() -> None:
    rows = ('"to\nlinjer";23-11-2026;5.A;S;', "", "anna1234;x;5.A;S;")
    assert failed(slots(*rows)) == [("date_invalid", "line 5, column dato")]


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ({}, "export_time_missing"),
        ({"as_of": ""}, "export_time_missing"),
        ({"as_of": "2026-11-23T15:00:00"}, "parameter_invalid"),
        ({"as_of": "i går"}, "parameter_invalid"),
        ({"as_of": "0001-01-01T00:00:00+14:00"}, "parameter_invalid"),
        ({"as_of": rfc3339(RECEIVED + DAY + 1)}, "event_in_future"),
        ({"as_of": "2099-01-01T00:00:00Z"}, "event_in_future"),
        ({"as_of": "2026-11-23T14:00:00Z", "complete": "ja"}, "parameter_invalid"),
        ({"as_of": "2026-11-23T14:00:00Z", "Complete": "true"}, "unknown_parameter"),
        ({"as_of": "2026-11-23T14:00:00Z", "force": "true"}, "unknown_parameter"),
    ],
)
def test_parameters(query: dict[str, str], why: str) -> None:
    with pytest.raises(Refused) as caught:
        CONNECTOR.translate(request(csv("anna1234;23-11-2026;5.A;S;", header=SLOTS).encode(), query))
    assert [fault.reason for fault in caught.value.faults] == [why]


@pytest.mark.parametrize("written", ["2026-11-23T15:00:00+01:00", "2026-11-23T15:00:00 01:00", "2026-11-23 14:00:00Z", "2026-11-23T14:00Z"])
def test_an_export_time_with_its_offset_is_the_order(written: str) -> None:
    (draft,) = drafts(slots("anna1234;23-11-2026;5.A;S;", as_of=written))
    assert (draft.order, draft.time) == (instant("2026-11-23T14:00:00Z"), instant("2026-11-23T14:00:00Z"))


word = st.text(st.characters(min_codepoint=97, max_codepoint=122), min_size=3, max_size=12).map("canary".__add__)


@given(st.lists(st.tuples(word, word), min_size=1, max_size=4, unique_by=lambda pair: pair[0]))
def test_columns_that_are_not_listed_never_come_out(extra: list[tuple[str, str]]) -> None:
    header = ";".join((SLOTS, *(name for name, _ in extra)))
    row = ";".join(("anna1234;23-11-2026;5.A;S;L", *(value for _, value in extra)))
    translation = taken(CONNECTOR, csv(row, header=header))
    assert drafts(translation) == drafts(slots("anna1234;23-11-2026;5.A;S;L"))
    assert "canary" not in repr(translation)


pieces = st.sampled_from(["anna1234", "23-11-2026", "S", "L", "u", "F", "", ";", "\n", '"', "x", "0,5", "31-02-2026", "æ"])


@given(st.lists(pieces, max_size=40))
def test_whatever_a_file_holds_is_taken_row_by_row_or_refused(found: list[str]) -> None:
    assert became(SLOTS + "\n" + "".join(found)) <= {"sealable", "not_csv", "empty_file"}


def became(body: str) -> set[str]:
    """That every draft can be sealed, or why the file was refused."""
    try:
        translation = taken(CONNECTOR, body)
    except Refused as refused:
        return {fault.reason for fault in refused.faults}
    return {"sealable" for draft in drafts(translation) if build(draft, Key(bytes(32)))}
