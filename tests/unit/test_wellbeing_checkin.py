"""wellbeing_checkin: the webhook's message and the export tell the same answers (domain 1.11, 2.6, 4.2 row 14, 4.3)."""

import json
from dataclasses import replace
from typing import Any

import pytest
from unit.posting import AS_OF, OTHER, SCHOOL, csv, drafts, failed, not_used, outcomes, reason, registration, request, taken, values
from webhooks import answer, checkin

from connectors.wellbeing_checkin import CONNECTOR
from contracts import selfreport
from contracts.connector import Draft, Failed, Registration, Translation
from contracts.dates import instant
from contracts.errors import Refused
from contracts.events import SelfReport
from contracts.privacy import Identity, Key
from contracts.seal import Origin, seal

pytestmark = pytest.mark.quick

WEBHOOK, FILE = CONNECTOR.doors
TIME = "2026-11-23T09:40:12+01:00"
HEADER = "unilogin;instrument;version;runde;dato;klokken;spoergsmaal;dimension;skala_min;skala_max;svar;vendt;synlig_for"
ROW = "anna1a2b;ugens-tjek;2;uge-48;23-11-2026;09:40:12;lyst-1;motivation;1;5;4,0;nej;elev, kontaktlærer"


def told(document: Any, by: Registration | None = None) -> Translation:
    return WEBHOOK.translate(request(json.dumps(document).encode(), {}, by))


def refused(document: Any, by: Registration | None = None) -> tuple[int, list[tuple[str, str]]]:
    with pytest.raises(Refused) as caught:
        told(document, by)
    return caught.value.status, [(fault.reason, fault.pointer) for fault in caught.value.faults]


def export(*rows: str, header: str = HEADER, by: Registration | None = None, **query: str) -> Translation:
    return taken(FILE, csv(*rows, header=header), by, **query)


def only(translation: Translation) -> Draft:
    (draft,) = drafts(translation)
    return draft


def test_an_answer_is_the_pupils_and_says_who_was_told_of() -> None:
    draft = only(told(checkin(TIME)))
    assert (draft.subject, draft.institution, draft.time, draft.order) == (Identity("unilogin", "anna1a2b"), SCHOOL, *[instant(TIME)] * 2)
    assert draft.data["visibility"] == ("home_class_teacher", "pupil")
    assert (draft.data["value"], draft.data["normalised"]) == (4, 0.75)


def test_a_negatively_worded_item_is_reversed() -> None:
    answers = [answer("a", 2), answer("b", 2, reversed=True), answer("c", 5, reversed=True), answer("d", 1)]
    assert values(drafts(told(checkin(TIME, *answers))), "normalised") == [(0.25,), (0.75,), (0.0,), (0.0,)]


def test_a_declined_answer_carries_no_value() -> None:
    draft = only(told(checkin(TIME, answer("a", None, declined=True))))
    assert draft.data["declined"]
    assert not {"value", "normalised"} & set(draft.data)


def test_webhook_and_export_are_one_report_of_one_fact() -> None:
    hook, row = only(told(checkin(TIME))), only(export(ROW))
    assert hook.report == row.report
    assert (hook.data, hook.subject, hook.time) == (row.data, row.subject, row.time)
    assert (hook.order, row.order) == (instant(TIME), AS_OF)


def test_the_revision_decides_where_there_is_one() -> None:
    assert only(told(checkin(TIME, revision=7))).order == 7
    assert only(export(ROW + ";7", header=HEADER + ";revision")).order == 7


def test_a_correction_keeps_the_time_of_the_answer() -> None:
    draft = only(told(checkin("2026-11-23T12:00:00Z", answered_at=TIME)))
    assert (draft.time, draft.order) == (instant(TIME), instant("2026-11-23T12:00:00Z"))


def test_a_withdrawal_takes_the_same_report_back_and_tells_no_value() -> None:
    draft = only(told(checkin("2026-11-23T12:00:00Z", answer(value=None), type_="checkin.withdrawn")))
    assert (draft.op, draft.report) == ("retract", only(told(checkin(TIME))).report)
    assert refused(checkin(TIME, type_="checkin.withdrawn")) == (422, [("value_invalid", "/data/answers/0/value")])


def test_the_school_year_is_that_of_the_run() -> None:
    june = checkin("2026-08-03T10:00:00+02:00", school_year="2025-2026")
    key, origin = Key(bytes(32)), Origin("x", "wellbeing_checkin", 0, AS_OF)
    sealed = [seal(draft, origin, "answer", "1/1", key, draft.time or 0) for draft in drafts(told(june)) + drafts(told(checkin(TIME)))]
    assert [one.period for one in sealed] == ["2025-2026", "2026-2027"]


def test_the_school_is_the_credentials_or_one_of_its() -> None:
    several = registration(SCHOOL, OTHER)
    assert only(told(checkin(TIME, institution=OTHER), several)).institution == OTHER
    assert refused(checkin(TIME), several) == (422, [("institution_missing", "/data/institution")])
    assert refused(checkin(TIME, institution=OTHER)) == (422, [("institution_not_registered", "/data/institution")])


def test_an_identity_of_the_suppliers_own_is_what_its_registration_calls_it() -> None:
    by = replace(registration(), schemes={"https://tjek.dk": "tjek"})
    assert only(told(checkin(TIME, pupil={"scheme": "https://tjek.dk", "value": " K1 "}), by)).subject == Identity("tjek", "K1")


NATIONAL = [
    "national", "National-trivsel-2026", "den nationale trivselsmåling", "DCUM_4-9", "trivsel-national", "TrivselNational", " national",
    "\uff2eational", "trivselsmåling STIL 2026", "bUVM-trivselsmåling",
]  # fmt: skip


@pytest.mark.parametrize("name", NATIONAL)
def test_the_national_survey_is_refused_by_law_before_anything_else_is_looked_at(name: str) -> None:
    forbidden = "survey_individual_forbidden"
    assert refused(checkin(TIME, instrument={"id": name, "version": "2"})) == (422, [(forbidden, "/data/instrument/id")])
    assert refused(checkin(TIME, survey=name, visibility=[], run=None)) == (422, [(forbidden, "/data/survey")])
    assert failed(export(ROW.replace("ugens-tjek", name))) == [(forbidden, "line 2, column instrument")]


LOCAL = ["international-wellbeing", "ugens-tjek", "klassens-trivsel", "adcum", "klassens-trivselsmaaling", "trivselsstil"]


@pytest.mark.parametrize("name", LOCAL)
def test_a_local_instrument_is_not_taken_for_the_national(name: str) -> None:
    assert not selfreport.national(name)
    assert only(told(checkin(TIME, instrument={"id": name, "version": "2"})))


@pytest.mark.parametrize("visibility", [None, [], ""])
def test_an_answer_that_names_nobody_is_refused(visibility: Any) -> None:
    assert refused(checkin(TIME, visibility=visibility)) == (422, [("visibility_missing", "/data/visibility")])


def test_the_seal_itself_lets_neither_through() -> None:
    """Whatever connector it comes from."""
    good = only(told(checkin(TIME)))
    for change, why in (({"instrument_id": "dcum"}, "survey_individual_forbidden"), ({"visibility": ()}, "visibility_missing")):
        with pytest.raises(Refused) as caught:
            seal(
                Draft(SelfReport, good.subject, SCHOOL, {**good.data, **change}, "r", AS_OF),
                Origin("x", "y", 0, 0),
                "k",
                "1/1",
                Key(bytes(32)),
                0,
            )
        assert caught.value.faults[0].reason == why


BAD: list[tuple[dict[str, Any], str, str]] = [
    (answer(value=6), "value_invalid", "/data/answers/0/value"),
    (answer(value=0), "value_invalid", "/data/answers/0/value"),
    (answer(declined=True), "value_invalid", "/data/answers/0/value"),
    (answer(value=None), "missing_member", "/data/answers/0/value"),
    (answer(scale={"min": 5, "max": 5}), "value_invalid", "/data/answers/0/scale/max"),
    (answer(scale={"min": 5, "max": 1}), "value_invalid", "/data/answers/0/scale/max"),
    (answer(scale={"min": 1}), "missing_member", "/data/answers/0/scale"),
    ({**answer(), "value": "jeg er ked af det"}, "wrong_type", "/data/answers/0/value"),
    ({**answer(), "value": 3.5}, "wrong_type", "/data/answers/0/value"),
    (answer(comment="jeg er ked af det"), "unknown_member", "/data/answers/0"),
    (answer("Jeg har lyst til at lære"), "value_invalid", "/data/answers/0/item"),
    (answer("lyst-1\n"), "value_invalid", "/data/answers/0/item"),
    (answer(dimension="humør"), "value_invalid", "/data/answers/0/dimension"),
]


@pytest.mark.parametrize(("wrong", "why", "where"), BAD, ids=range(len(BAD)))
def test_an_answer_that_is_none_refuses_its_message(wrong: dict[str, Any], why: str, where: str) -> None:
    assert refused(checkin(TIME, wrong)) == (422, [(why, where)])


def test_all_wrong_answers_are_told_together() -> None:
    status, faults = refused(checkin(TIME, answer("a", 9), answer("b"), answer("b")))
    assert (status, faults) == (422, [("value_invalid", "/data/answers/0/value"), ("duplicate_id", "/data/answers/2/item")])


def test_what_is_no_message() -> None:
    assert refused([])[1] == [("wrong_type", "")]
    assert refused({**checkin(TIME), "type": "checkin.opened"}) == (422, [("type_unknown", "/type")])
    assert refused({**checkin(TIME), "type": 7}) == (422, [("wrong_type", "/type")])
    assert refused({"type": "checkin.answered", "timestamp": TIME}) == (422, [("missing_member", "")])
    assert refused(checkin("i går")) == (422, [("timestamp_invalid", "/timestamp")])
    assert refused(checkin("2026-11-23T09:40:12")) == (422, [("value_invalid", "/timestamp")])
    assert refused(checkin("0001-01-01T00:00:00+14:00")) == (422, [("timestamp_invalid", "/timestamp")])
    assert refused(checkin(TIME, answer("010110-4321"))) == (400, [("national_identifier_present", "/data/answers/0/item")])
    assert refused({**checkin(TIME), "0101104321": 1}) == (400, [("national_identifier_present", "")])


def test_blank_is_nothing_or_in_a_complete_file_declined() -> None:
    blank = ROW.replace("4,0", "")
    assert not_used(export(blank)) == ["blank"]
    (found,) = values(drafts(export(blank, complete="true")), "declined", "value")
    assert found == (True, None)
    assert values(drafts(export(ROW.replace("4,0", "Afslået"))), "declined") == [(True,)]


def test_the_forms_of_danish_files() -> None:
    body = csv(ROW, ROW.replace("anna1a2b", "bo12345x").replace(";09:40:12;", ";;"), header=HEADER)
    expected = drafts(taken(FILE, body))
    assert expected[1].time == instant("2026-11-23T12:00:00+01:00")
    for form in (body.encode("cp1252"), ("\ufeff" + body).encode(), body.replace("\n", "\r\n").encode()):
        assert drafts(taken(FILE, form)) == expected


def test_a_pupil_of_the_schools_own_system() -> None:
    draft = only(export(ROW, header=HEADER.replace("unilogin", "elevid")))
    assert draft.subject == Identity(f"local:{SCHOOL}", "anna1a2b")


ROWS = [
    (ROW.replace("4,0", "4,5"), "value_invalid", "svar"),
    (ROW.replace("4,0", "jeg er ked af det"), "value_invalid", "svar"),
    (ROW.replace("4,0", "6"), "value_invalid", "svar"),
    (ROW.replace("4,0", "-4000"), "value_invalid", "svar"),
    (ROW.replace("elev, kontaktlærer", ""), "visibility_missing", "synlig_for"),
    (ROW.replace("elev, kontaktlærer", "elev, rektor"), "value_invalid", "synlig_for"),
    (ROW.replace("23-11-2026", "2026-11-23"), "date_invalid", "dato"),
    (ROW.replace("09:40:12", "25:00"), "value_invalid", "klokken"),
    (ROW.replace("lyst-1", "Har du lyst?"), "value_invalid", "spoergsmaal"),
    (ROW.replace(";2;", f";{'2' * 41};"), "value_invalid", "version"),
    (ROW.replace("motivation", "humør"), "value_invalid", "dimension"),
    (ROW.replace(";1;5;", ";5;1;"), "value_invalid", "skala_max"),
    (ROW.replace(";nej;", ";måske;"), "value_invalid", "vendt"),
    (ROW.replace("anna1a2b", ""), "row_incomplete", "unilogin"),
]


@pytest.mark.parametrize(("row", "why", "column"), ROWS, ids=range(len(ROWS)))
def test_a_bad_row_fails_alone_and_nothing_of_it_is_kept(row: str, why: str, column: str) -> None:
    translation = export(row, ROW.replace("lyst-1", "lyst-2"))
    assert outcomes(translation) == [why, "published"]
    assert failed(translation) == [(why, f"line 2, column {column}")]
    assert all(item.body == b"" for item in translation.items if isinstance(item, Failed))


def test_two_rows_that_differ_fail_both_and_equal_ones_are_one() -> None:
    assert outcomes(export(ROW, ROW.replace("4,0", "5"), ROW.replace("lyst-1", "b"))) == ["row_repeated", "row_repeated", "published"]
    assert len({draft.report for draft in drafts(export(ROW, ROW))}) == 1


def test_what_is_refused_whole() -> None:
    assert reason(FILE, csv(ROW, header=HEADER.replace(";", ","))) == "not_csv"
    assert reason(FILE, csv(ROW, header=HEADER.replace("unilogin", "navn"))) == "column_missing"
    assert reason(FILE, csv(ROW, header=HEADER), as_of="") == "export_time_missing"
    assert reason(FILE, csv(ROW, header=HEADER), supplier="x") == "unknown_parameter"
