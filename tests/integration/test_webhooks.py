"""Signed webhooks against a real hub (Standard Webhooks 1.0.0): who may send, what a retry is, what a replay is, and what a message may
say (folkeskoleloven § 56 b). Everything is judged by answers, ledger, files and logs."""

import base64
import json
import secrets
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from harness import Hub, running, until
from stored import Seal, reports, rows
from webhooks import answer, checkin, headers, posted, send, signature

HOOK, EVENTS = "/webhooks/wellbeing_checkin", "/events"
WORDS: Final = "jeg er ked af det"
DELETED: Final = 'fremgang_deleted_total{what="access_log"}'
"""In the metrics once a day's deletion is over."""
CPR: Final = "010112-4321"
HEADER: Final = "unilogin;instrument;version;runde;dato;klokken;spoergsmaal;dimension;skala_min;skala_max;svar;synlig_for"


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    with running(tmp_path_factory.mktemp("hub"), max_batch_bytes="20000", log_level="info") as started:
        yield started


@pytest.fixture(scope="module")
def tool(hub: Hub) -> tuple[str, str]:
    return hub.supplier("ugens-tjek", "wellbeing_checkin", "cloudevents")


def now() -> str:
    return datetime.now(UTC).isoformat()


def run() -> str:
    """One that nobody else asks in."""
    return f"uge-{secrets.token_hex(4)}"


def message(**data: Any) -> bytes:
    return json.dumps(checkin(now(), **{"run": run(), **data})).encode()


def refused(sent: httpx.Response, status: int, reason: str = "", pointer: str | None = None) -> None:
    document = sent.json()
    assert (sent.status_code, sent.headers["content-type"]) == (status, "application/problem+json"), document
    told = [(fault["reason"], fault["pointer"]) for fault in document.get("errors", [("", "")])] if reason else []
    assert not reason or (reason in [name for name, _ in told] and all(fault["mend"] for fault in document["errors"])), told
    assert pointer is None or (reason, pointer) in told, told
    assert WORDS not in sent.text


def kept(hub: Hub, asked: str) -> list[Any]:
    """What the store has of a run: of each report the content, None where it was taken back."""
    hub.ledger(hub.token("--controller"))
    found = rows(hub.folder, "store.db", "SELECT facts FROM sheets WHERE family = 'wellbeing'")
    facts = [(key, told) for (one,) in found for keyed in json.loads(one).values() for key, told in keyed.items()]
    return [report[4] for key, told in facts if asked in key for report in told.values()]


def counted(hub: Hub) -> dict[str, int]:
    told = hub.ledger(hub.token("--controller"))
    return {name: told[name] for name in ("received", "published", "repeated", "failed", "refused")}


def gained(hub: Hub, before: dict[str, int]) -> dict[str, int]:
    return {name: count - before[name] for name, count in counted(hub).items() if count != before[name]}


def test_a_signed_message_is_taken_and_names_nobody(hub: Hub, tool: tuple[str, str]) -> None:
    asked = run()
    sent = send(hub, tool, checkin(now(), answer(), answer("venner-1", None, declined=True), run=asked))
    assert (sent.status_code, sent.json()["published"]) == (200, 2)
    assert sorted((one["item_id"], one.get("value"), one.get("normalised")) for one in kept(hub, asked)) == [
        ("lyst-1", 4, 750_000), ("venner-1", None, None),
    ]  # fmt: skip
    subjects = rows(hub.folder, "store.db", "SELECT DISTINCT subject FROM sheets WHERE family = 'wellbeing'")
    assert subjects == [(Seal(hub.folder).identity("unilogin", "anna1a2b"),)]


def test_a_retry_with_a_new_timestamp_and_the_old_id_counts_once(hub: Hub, tool: tuple[str, str]) -> None:
    asked, before = run(), counted(hub)
    body = message(run=asked)
    for ahead in (-200, 0, 0, 200):
        assert posted(hub, tool[0], body, headers(tool[1], body, f"retried-{asked}", ahead)).status_code == 200
    assert len(kept(hub, asked)) == 1
    assert gained(hub, before) == {"received": 4, "published": 1, "repeated": 3}


@pytest.mark.parametrize("door", [HOOK, EVENTS])
def test_the_same_id_with_another_body_is_a_conflict_and_nothing_of_it_is_taken(hub: Hub, tool: tuple[str, str], door: str) -> None:
    name, first = run(), run()

    def told(asked: str) -> tuple[bytes, dict[str, str]]:
        body = message(run=asked) if door == HOOK else json.dumps(event(run=asked)).encode()
        kind = {} if door == HOOK else {"content-type": "application/cloudevents+json"}
        return body, {**headers(tool[1], body, name), **kind}

    assert posted(hub, tool[0], *told(first), door).status_code == 200
    second = run()
    refused(posted(hub, tool[0], *told(second), door), 409, "webhook_id_conflict", "webhook-id")
    assert (len(kept(hub, first)), kept(hub, second)) == (1, [])


def test_a_message_that_was_refused_may_be_corrected_under_its_id(hub: Hub, tool: tuple[str, str]) -> None:
    name = run()
    refused(send(hub, tool, checkin(now(), answer(value=6)), name), 422, "value_invalid", "/data/answers/0/value")
    assert send(hub, tool, checkin(now(), answer(value=5), run=name), name).status_code == 200


def test_a_capture_that_is_replayed_later_is_refused(hub: Hub, tool: tuple[str, str]) -> None:
    """Its signature is right, and its own timestamp too old."""
    body = message()
    for ahead, tells in ((-301, "5 minutes ago"), (301, "5 minutes ahead"), (-(10**9), "5 minutes ago")):
        sent = posted(hub, tool[0], body, headers(tool[1], body, "captured", ahead))
        refused(sent, 401)
        assert tells in sent.json()["detail"]
    given = headers(tool[1], body, "captured", -301)
    refused(posted(hub, tool[0], body, {**given, "webhook-timestamp": str(round(time.time()))}), 401)


def test_a_signature_that_does_not_fit(hub: Hub, tool: tuple[str, str]) -> None:
    other = hub.supplier("andet-tjek", "wellbeing_checkin")
    body = message()
    right = headers(tool[1], body)
    wrong = [
        headers(other[1], body),
        {**right, "webhook-id": "another"},
        {**right, "webhook-signature": right["webhook-signature"][:-2] + "A="},
        {**right, "webhook-signature": right["webhook-signature"].replace("v1,", "v1a,")},
        {**right, "webhook-signature": right["webhook-signature"].replace("v1,", "v2,")},
        {**right, "webhook-signature": right["webhook-signature"].removeprefix("v1,")},
        {**right, "webhook-signature": "v1,"},
        {**right, "webhook-timestamp": right["webhook-timestamp"] + ".0"},
        {**right, "webhook-timestamp": "nu"},
        {name: value for name, value in right.items() if name != "webhook-id"},
        {name: value for name, value in right.items() if name != "webhook-signature"},
        {"content-type": "application/json"},
    ]
    before = counted(hub)
    for given in wrong:
        refused(posted(hub, tool[0], body, given), 401)
    refused(posted(hub, tool[0], body + b" ", right), 401)
    refused(posted(hub, "nobody", body, right), 401)
    refused(posted(hub, "andet-tjek", body, right), 401)
    refused(posted(hub, "", body, right), 401)
    assert gained(hub, before) == {}
    assert posted(hub, tool[0], body, right).status_code == 200


def test_any_signature_that_is_listed_may_fit_and_what_is_unknown_is_passed_over(hub: Hub, tool: tuple[str, str]) -> None:
    body = message()
    right = headers(tool[1], body)
    stranger = signature("whsec_" + base64.b64encode(bytes(32)).decode(), right["webhook-id"], right["webhook-timestamp"], body)
    for others in ("v1a,AAAA", stranger, "v2,x", "nonsense", "v1,not-base64", "", " "):
        listed = f"{others} {right['webhook-signature']} {others}".strip()
        assert posted(hub, tool[0], body, {**right, "webhook-signature": listed}).status_code == 200


def test_the_password_is_not_taken_where_a_signature_is_asked_for(hub: Hub, tool: tuple[str, str]) -> None:
    body = message()
    answers = [
        hub.http.post(HOOK, params=params, content=body, auth=tool, headers={"content-type": "application/json"})
        for params in ({}, {"supplier": tool[0]})
    ]
    for sent in answers:
        refused(sent, 401)


def test_a_supplier_sends_by_what_it_is_registered_for(hub: Hub) -> None:
    only = hub.supplier("kun-filer", "attendance_csv")
    refused(send(hub, only, checkin(now())), 401)


def test_a_new_secret_without_a_gap(tmp_path: Path) -> None:
    """The last one is taken for the time that was stated, by signature and as a password; then it is dead, and gone from the store."""
    with running(tmp_path) as hub:
        old = hub.supplier("ugens-tjek", "wellbeing_checkin", "cloudevents")
        new = (old[0], hub.cli("supplier", "rotate", "ugens-tjek", "--hours", "24"))
        assert new != old
        for credential in (old, new):
            assert send(hub, credential, checkin(now(), run=run())).status_code == 200
            assert hub.http.get("/v1/ledger", auth=credential).status_code == 200
        stamped = str(round(time.time()))
        body = message()
        both = " ".join(signature(secret, "both", stamped, body) for _, secret in (old, new))
        told = {"content-type": "application/json", "webhook-id": "both", "webhook-timestamp": stamped, "webhook-signature": both}
        assert posted(hub, "ugens-tjek", body, told).status_code == 200
        hub.stop()
        hub.env["FREMGANG_CLOCK"] = str(24 * 3_600 + 60)
        hub.start()
        refused(send(hub, old, checkin(now())), 401)
        assert hub.http.get("/v1/ledger", auth=old).status_code == 401
        until(lambda: rows(tmp_path, "store.db", "SELECT old_secret, old_until FROM suppliers") == [(None, None)])
        assert posted(hub, "ugens-tjek", body, told).status_code == 200
        newer = (old[0], hub.cli("supplier", "rotate", "ugens-tjek", "--hours", "0"))
        refused(send(hub, new, checkin(now())), 401)
        assert send(hub, newer, checkin(now())).status_code == 200


def test_who_is_registered_again_has_only_the_new_secret(hub: Hub) -> None:
    first = hub.supplier("gen-tjek", "wellbeing_checkin")
    hub.cli("supplier", "rotate", "gen-tjek")
    again = hub.supplier("gen-tjek", "wellbeing_checkin")
    refused(send(hub, first, checkin(now())), 401)
    assert send(hub, again, checkin(now(), run=run())).status_code == 200
    assert "no supplier" in hub.cli("supplier", "rotate", "nobody", fails=True)


WRONG: list[tuple[Any, int, str, str]] = [
    (b"jeg er ked af det", 400, "not_json", ""),
    (b"", 400, "empty_body", ""),
    (b"[]", 400, "wrong_type", ""),
    (b'{"type": "checkin.answered", "type": "jeg er ked af det"}', 400, "duplicate_key", ""),
    (checkin(now(), type_="checkin.opened"), 422, "type_unknown", "/type"),
    (checkin(now(), visibility=None), 422, "visibility_missing", "/data/visibility"),
    (checkin(now(), visibility=[]), 422, "visibility_missing", "/data/visibility"),
    (checkin(now(), instrument={"id": "national-trivsel", "version": "4"}), 422, "survey_individual_forbidden", "/data/instrument/id"),
    (checkin(now(), answer(declined=True)), 422, "value_invalid", "/data/answers/0/value"),
    (checkin(now(), answer(value=6)), 422, "value_invalid", "/data/answers/0/value"),
    (checkin(now(), {**answer(), "value": WORDS}), 422, "wrong_type", "/data/answers/0/value"),
    (checkin(now(), answer(comment=WORDS)), 422, "unknown_member", "/data/answers/0"),
    (checkin(now(), answer(CPR)), 400, "national_identifier_present", "/data/answers/0/item"),
    (b" " * 20_001, 413, "body_too_large", ""),
]


@pytest.mark.parametrize(("document", "status", "why", "where"), WRONG, ids=[f"{number}-{one[2]}" for number, one in enumerate(WRONG)])
def test_a_message_that_cannot_be_taken_is_refused_whole_and_leaves_nothing(
    hub: Hub, tool: tuple[str, str], document: Any, status: int, why: str, where: str
) -> None:
    before = counted(hub)
    refused(send(hub, tool, document), status, why, where)
    assert gained(hub, before) == ({} if status == 413 else {"refused": 1})


def test_the_law_is_named(hub: Hub, tool: tuple[str, str]) -> None:
    sent = send(hub, tool, checkin(now(), instrument={"id": "DCUM-4-9", "version": "4"}))
    assert "folkeskoleloven § 56 b" in sent.json()["title"]


def event(**data: Any) -> dict[str, Any]:
    told = {
        "instrument_id": "ugens-tjek", "instrument_version": "2", "run": "uge-48", "item_id": "lyst-1", "dimension": "motivation",
        "scale_min": 1, "scale_max": 5, "value": 4, "visibility": ["pupil"], **data,
    }  # fmt: skip
    return {
        "specversion": "1.0", "id": secrets.token_hex(8), "source": "urn:tjek", "type": "dk.fremgang.wellbeing.self_report.v1",
        "subject": "unilogin:anna1a2b", "time": now(), "data": {name: value for name, value in told.items() if value is not None},
    }  # fmt: skip


def test_the_events_door_is_under_the_same_law(hub: Hub, tool: tuple[str, str]) -> None:
    """Beside what the tests before left in the hub."""
    asked = run()
    hub.ledger(hub.token("--controller"))
    before = rows(hub.folder, "store.db", "SELECT item, reason, body FROM failed")
    batch = [
        event(run=asked), event(run=asked, visibility=[]), event(run=asked, visibility=None),
        event(run=asked, instrument_id="Den nationale trivselsmåling"),
    ]  # fmt: skip
    sent = hub.http.post(EVENTS, json=batch, auth=tool, headers={"content-type": "application/cloudevents-batch+json"})
    assert [one["reason"] for one in sent.json()["errors"]] == ["visibility_missing", "visibility_missing", "survey_individual_forbidden"]
    assert len(kept(hub, asked)) == 1
    failed = [row[1:] for row in rows(hub.folder, "store.db", "SELECT item, reason, body FROM failed") if row not in before]
    assert sorted(reason for reason, _ in failed) == sorted(one["reason"] for one in sent.json()["errors"])
    assert all(body is None for _, body in failed), "an answer that may not be taken is kept"


def exported(asked: str, *cells: tuple[str, str, str]) -> bytes:
    """(item, answer, readers) of each row, in the older systems' encoding."""
    today = datetime.now(UTC).strftime("%d-%m-%Y")
    told = [f"anna1a2b;ugens-tjek;2;{asked};{today};00:00;{item};motivation;1;5;{value};{readers}" for item, value, readers in cells]
    return "\r\n".join([HEADER, *told, ""]).encode("cp1252")


def test_the_export_tells_the_same_facts_and_its_bad_rows_leave_nothing(hub: Hub, tool: tuple[str, str]) -> None:
    asked = run()
    assert send(hub, tool, checkin(now(), run=asked)).status_code == 200
    body = exported(asked, ("lyst-1", "5,0", "elev, kontaktlærer"), ("lyst-2", WORDS, "elev"), ("lyst-3", "4", ""), (CPR, "4", "elev"))
    sent = hub.file(tool, "wellbeing_checkin", body, as_of=now())
    assert [one["reason"] for one in sent.json()["errors"]] == ["value_invalid", "visibility_missing", "national_identifier_present"]
    (report,) = kept(hub, asked)
    assert (report["value"], report["normalised"]) == (5, 1_000_000)
    bodies = rows(hub.folder, "store.db", "SELECT body FROM failed WHERE channel = 'wellbeing_checkin'")
    assert len(bodies) >= 3
    assert set(bodies) == {(None,)}


def test_a_correction_counts_and_a_withdrawal_takes_back_whichever_comes_first(hub: Hub, tool: tuple[str, str]) -> None:
    asked, first, second, third = run(), *(f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S}.{number}Z" for number in (1, 2, 3))
    for timestamp, value in ((second, 5), (first, 1)):
        assert send(hub, tool, checkin(timestamp, answer(value=value), run=asked)).status_code == 200
    assert [one["value"] for one in kept(hub, asked)] == [5]
    assert send(hub, tool, checkin(third, answer(value=None), type_="checkin.withdrawn", run=asked)).status_code == 200
    assert send(hub, tool, checkin(second, answer(value=5), run=asked)).status_code == 200
    assert kept(hub, asked) == [None]


def test_a_kill_between_a_message_and_its_retry_loses_and_doubles_nothing(tmp_path: Path) -> None:
    """The id, the items and their effect are one: known after the kill if the first was answered, and then with its body only."""
    with running(tmp_path) as hub:
        tool = hub.supplier("ugens-tjek", "wellbeing_checkin")
        bodies = [message(run=f"uge-{number}") for number in range(20)]
        for number, body in enumerate(bodies):
            assert posted(hub, tool[0], body, headers(tool[1], body, f"m-{number}")).status_code == 200
        hub.kill()
        hub.start()
        other = message(run="uge-99")
        for number, body in enumerate(bodies):
            refused(posted(hub, tool[0], other, headers(tool[1], other, f"m-{number}")), 409, "webhook_id_conflict")
            assert posted(hub, tool[0], body, headers(tool[1], body, f"m-{number}", 10)).status_code == 200
        ledger = hub.ledger(hub.token("--controller"))
        assert (ledger["received"], ledger["published"], ledger["repeated"]) == (40, 20, 20)
        assert len(reports(tmp_path, "wellbeing")) == 20


def test_ids_are_forgotten_after_a_week_and_are_hashes_meanwhile(tmp_path: Path) -> None:
    with running(tmp_path) as hub:
        tool = hub.supplier("ugens-tjek", "wellbeing_checkin")
        body = message()
        assert posted(hub, tool[0], body, headers(tool[1], body, "kanariefugl-17")).status_code == 200
        name = Seal(tmp_path).pseudonym("r", "ugens-tjek", "wellbeing_checkin", "webhook-id", "kanariefugl-17")
        for days, known in ((0, 1), (7, 1), (8, 0)):
            hub.stop()
            hub.env["FREMGANG_CLOCK"] = str(days * 86_400)
            hub.start()
            until(lambda: DELETED in hub.http.get("/metrics").text)
            assert len(rows(tmp_path, "log.db", "SELECT 1 FROM claims WHERE report = ?", name)) == known, f"after {days} days"
        assert all(b"kanariefugl" not in file.read_bytes() for file in (tmp_path / "var").iterdir() if file.is_file())


def test_nothing_of_it_leaks(hub: Hub, tool: tuple[str, str]) -> None:
    """Last, after all that is above: neither a child's words nor a number nor whose they are, in any file, log line or metric."""
    everything = (hub.log() + hub.http.get("/metrics").text).encode()
    stored = b"".join(file.read_bytes() for file in (hub.folder / "var").rglob("*") if file.is_file())
    for secret in (WORDS, CPR, CPR.replace("-", ""), "anna1a2b", tool[1]):
        assert secret.encode() not in everything + stored
