"""What every log promises: durable order, claims that must not change, voids that find their target, and deletion without a trace."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Sequence
from datetime import date, timedelta
from pathlib import Path

import pytest
from adapters import LOGS
from msgspec import UNSET, structs
from stored import traces

from contracts.connector import Draft
from contracts.dates import DAY, SECOND, Micros, instant, local_date
from contracts.envelope import Envelope, decode
from contracts.errors import Conflict, Fatal
from contracts.events import ItemAnswered, Retraction
from contracts.facts import VOID_ORDER
from contracts.kinds import ACTIVITY_DAYS, MESSAGE_DAYS
from contracts.ports import Claim, Cursor, Entry, FirstSeen, Log, Positions, pending
from contracts.privacy import Identity, Key
from contracts.seal import Origin, seal
from services.logs.sqlite import SqliteLog

NOW: Micros = instant("2026-11-24T09:00:00Z")
TODAY = local_date(NOW)
KEY = Key(bytes(range(32)))
ORIGIN = Origin("material", "xapi", 0, NOW)


NOTHING: Positions = {}


@pytest.fixture(params=sorted(LOGS))
async def log(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Log]:
    async with LOGS[request.param](tmp_path) as opened:
        yield opened


on_files = pytest.mark.parametrize("log", ["sqlite"], indirect=True)
"""What is promised of a file alone."""


def answer(report: str, content: str = "one", at: Micros = NOW, *, timeless: bool = False, pupil: str = "anna1a2b") -> Entry:
    told = {"tool": "material", "item_id": content}
    draft = Draft(ItemAnswered, Identity("unilogin", pupil), "101001", told, report, at)
    envelope = seal(draft, ORIGIN, "answered", "1/1", KEY, at)
    return Entry((envelope,), Claim(str(envelope.report), KEY.digest(content.encode()), timeless))


def void(report: str, target: str) -> Entry:
    name = KEY.report("material", "xapi", target)
    envelope = seal(Draft(Retraction, name, "101001", {"target": name}, report, None, 0), ORIGIN, "voided", "1/1", KEY, NOW)
    return Entry((envelope,), Claim(str(envelope.report), KEY.digest(target.encode()), timeless=True, voids=name))


async def told(log: Log) -> list[tuple[str, str]]:
    """(report as hashed, op) of every record, in order."""
    return [(str(one.report), one.op) for one in await envelopes(log)]


async def envelopes(log: Log) -> list[Envelope]:
    return [decode(record.value) for record in await log.read({}, 10_000)]


def named(*reports: str) -> list[str]:
    return [KEY.report("material", "xapi", report) for report in reports]


async def assert_told(log: Log, expected: Sequence[tuple[str, str]], after: Positions = NOTHING) -> None:
    """These records, and those of each partition in this order."""
    records = await log.read(after, 10_000)
    found = [(record.partition, decode(record.value)) for record in records]
    partition_of = {str(one.report): partition for partition, one in found}
    assert {name for name, _ in expected} == set(partition_of)
    for partition in set(partition_of.values()):
        there = [(str(one.report), one.op) for at, one in found if at == partition]
        assert there == [(name, op) for name, op in expected if partition_of[name] == partition]


async def test_records_are_read_in_order_behind_a_position(log: Log) -> None:
    assert (await log.read({}, 10), any((await log.ends()).values())) == ([], False)
    for report in ("a", "b", "c"):
        await log.append([answer(report)], NOW)
    records = await log.read({}, 10)
    (partition,) = {record.partition for record in records}
    assert [one.report for one in map(decode, [record.value for record in records])] == named("a", "b", "c")
    assert [record.position for record in records] == [1, 2, 3]
    assert (await log.ends())[partition] == 3
    assert await log.read({partition: 1}, 1) == [records[1]]
    assert await log.read({partition: 3}, 10) == []
    assert await log.read({}, 10) == records


@on_files
async def test_records_are_found_at_their_positions_in_order(log: SqliteLog) -> None:
    for report in ("a", "b", "c"):
        await log.append([answer(report)], NOW)
    first, second, third = await log.read({}, 10)
    assert await log.at([third.position, first.position]) == [first, third]
    assert await log.at([second.position]) == [second]
    assert await log.at([]) == []
    with pytest.raises(Fatal, match="reading the log"):
        await log.at([third.position, third.position + 1])


async def test_the_records_of_many_partitions_are_read_each_from_its_own_position(log: Log) -> None:
    for n in range(60):
        await log.append([answer(f"a{n}", pupil=f"pupil{n:03}")], NOW)
    records, positions = [], dict[str, int]()
    while some := await log.read(positions, 7):
        assert len(some) <= 7
        records += some
        for record in some:
            assert record.position == positions.get(record.partition, 0) + 1
            positions[record.partition] = record.position
    assert len({record.value for record in records}) == 60
    assert pending(await log.ends(), positions) == 0


async def test_of_some_partitions_those_alone_are_read_before_and_after_others(log: Log) -> None:
    for n in range(60):
        await log.append([answer(f"a{n}", pupil=f"pupil{n:03}")], NOW)
    partitions = sorted({record.partition for record in await log.read({}, 60)})
    for some in ([], partitions[:1], partitions, partitions[1:], partitions[:2]):
        records = await log.read({}, 60, some)
        assert {record.partition for record in records} == set(some)
        ends = {record.partition: record.position for record in records}
        assert ends == {name: end for name, end in (await log.ends()).items() if name in some}
    assert await log.read(dict.fromkeys(partitions[:1], 1), 1, partitions[:1]) == (await log.read({}, 60, partitions[:1]))[1:2]


async def test_some_partitions_are_read_before_any_other_was(log: Log) -> None:
    await log.append([answer(f"a{n}", pupil=f"pupil{n:03}") for n in range(60)], NOW)
    partition = next(name for name, end in (await log.ends()).items() if end)
    assert {record.partition for record in await log.read({}, 60, [partition])} == {partition}
    assert len(await log.read({}, 60)) == 60


async def test_an_equal_repeat_is_appended_again(log: Log) -> None:
    await log.append([answer("a")], NOW)
    await log.append([answer("a")], NOW + 1)
    await assert_told(log, [(name, "assert") for name in named("a", "a")])


async def test_another_content_under_a_known_id_is_named_and_nothing_is_written(log: Log) -> None:
    await log.append([answer("a"), answer("b")], NOW)
    with pytest.raises(Conflict) as conflict:
        await log.append([answer("c"), answer("a", "two"), answer("b"), answer("b", "two")], NOW)
    assert [(fault.reason, fault.pointer) for fault in conflict.value.faults] == [("id_conflict", "/1"), ("id_conflict", "/3")]
    assert conflict.value.status == 409
    await assert_told(log, [(name, "assert") for name in named("a", "b")])
    await log.append([answer("c", "another")], NOW)


async def test_a_report_without_a_time_keeps_that_of_its_first_receipt(log: Log) -> None:
    await log.append([answer("a", timeless=True)], NOW)
    with pytest.raises(FirstSeen) as seen:
        await log.append([answer("a", at=NOW + 5, timeless=True)], NOW + 5)
    assert seen.value.times == {named("a")[0]: NOW}
    assert len(await told(log)) == 1
    await log.append([answer("a", at=NOW, timeless=True)], NOW + 5)
    assert len(await told(log)) == 2


async def test_a_void_after_its_target_takes_it_back_behind_itself(log: Log) -> None:
    await log.append([answer("a")], NOW)
    await log.append([void("v", "a")], NOW)
    a, v = named("a", "v")
    await assert_told(log, [(a, "assert"), (v, "assert"), (a, "retract")])
    first, back = [one for one in await envelopes(log) if one.report == a]
    assert int(str(back.order)) == VOID_ORDER
    assert (back.subject, back.naturalkey, back.period, back.type) == (first.subject, first.naturalkey, first.period, first.type)
    assert (back.data, back.part) == (UNSET, UNSET)


async def test_a_void_before_its_target_takes_it_back_in_front_of_it(log: Log) -> None:
    await log.append([void("v", "a")], NOW)
    await log.append([answer("a")], NOW)
    a, v = named("a", "v")
    await assert_told(log, [(v, "assert"), (a, "retract"), (a, "assert")])


async def test_a_void_and_its_target_in_one_request(log: Log) -> None:
    await log.append([answer("a"), void("v", "a"), void("w", "b"), answer("b")], NOW)
    a, b, v, w = named("a", "b", "v", "w")
    await assert_told(
        log, [(a, "assert"), (v, "assert"), (a, "retract"), (w, "assert"), (b, "retract"), (b, "assert")],
    )  # fmt: skip


async def test_a_second_void_and_a_repeat_take_back_nothing_more(log: Log) -> None:
    await log.append([answer("a"), void("v", "a")], NOW)
    before = await told(log)
    await log.append([void("w", "a"), answer("a")], NOW)
    a, w = named("a", "w")
    await assert_told(log, [*before, (w, "assert"), (a, "assert")])


async def test_a_void_cannot_be_voided(log: Log) -> None:
    """xAPI 1.0.3, Data 2.3.2: a voiding statement cannot be voided; the voided one stays so."""
    await log.append([answer("a"), void("v", "a")], NOW)
    before = await told(log)
    await log.append([void("w", "v")], NOW)
    await assert_told(log, [*before, (named("w")[0], "assert")])


async def test_many_appends_at_once_are_all_there_each_in_one_piece(log: Log) -> None:
    await asyncio.gather(*(log.append([answer(f"{n}-{part}") for part in range(3)], NOW) for n in range(300)))
    found = [report for report, _ in await told(log)]
    expected = {named(f"{n}-0")[0]: named(*(f"{n}-{part}" for part in range(3))) for n in range(300)}
    assert len(found) == 900
    assert all(found[at : at + 3] == expected[found[at]] for at in range(0, 900, 3))


async def test_of_two_contents_of_one_id_at_once_one_is_refused(log: Log) -> None:
    contents = [[answer(f"a{n}", content)] for n in range(40) for content in ("one", "two")]
    answers = await asyncio.gather(*(log.append(entries, NOW) for entries in contents), return_exceptions=True)
    for one, other in zip(answers[::2], answers[1::2], strict=True):
        assert {type(one), type(other)} == {frozenset, Conflict}
    assert len(await told(log)) == 40


async def test_waiting_ends_when_something_comes_and_when_the_time_is_over(log: Log) -> None:
    started = asyncio.get_running_loop().time()
    await log.wait({}, 0.05)
    assert asyncio.get_running_loop().time() - started >= 0.05
    waiting = asyncio.create_task(log.wait({}, 60))
    await asyncio.sleep(0.05)
    assert not waiting.done()
    await log.append([answer("a")], NOW)
    await asyncio.wait_for(waiting, 5)
    await asyncio.wait_for(log.wait({}, 60), 5)


async def test_what_is_deleted_keeps_its_positions(log: Log) -> None:
    for n in range(5):
        await log.append([answer(f"a{n}")], NOW + n * SECOND)
    first, *rest = await log.read({}, 10)
    assert await log.forget(NOW + 4 * SECOND, {first.partition: rest[1].position}, TODAY) == 3
    assert await log.read({first.partition: 3}, 10) == rest[2:]
    assert await log.forget(NOW + 10 * SECOND, {first.partition: 5}, TODAY) == 2
    assert (await log.ends())[first.partition] == 5
    await log.append([answer("b")], NOW)
    assert [record.position for record in await log.read({first.partition: 5}, 10)] == [6]


async def test_an_id_is_known_until_its_fact_cannot_be_accepted_any_more(log: Log) -> None:
    await log.append([answer("a")], NOW)
    last = TODAY + timedelta(days=ACTIVITY_DAYS)
    await log.forget(NOW + DAY, await log.ends(), last)
    with pytest.raises(Conflict):
        await log.append([answer("a", "two")], NOW)
    await log.forget(NOW + DAY, await log.ends(), last + timedelta(days=1))
    await log.append([answer("a", "two")], NOW)


async def test_a_void_takes_nothing_back_once_its_target_cannot_be_accepted_any_more(log: Log) -> None:
    await log.append([answer("a")], NOW)
    await log.forget(NOW + DAY, (gone := await log.ends()), TODAY + timedelta(days=ACTIVITY_DAYS + 1))
    await log.append([void("v", "a")], NOW)
    await assert_told(log, [(named("v")[0], "assert")], gone)


async def test_a_void_without_a_target_is_remembered_to_the_end_of_the_year(log: Log) -> None:
    await log.append([void("v", "a")], NOW)
    await log.forget(NOW + DAY, (gone := await log.ends()), date(2027, 11, 8))
    await log.append([answer("a")], NOW)
    await assert_told(log, [(named("a")[0], "retract"), (named("a")[0], "assert")], gone)


def message(body: str, name: str = "m") -> Entry:
    """The claim of a signed message, which has no records of its own."""
    return Entry((), Claim(KEY.message("material", "xapi", name), KEY.digest(body.encode()), message=True))


async def test_a_message_is_known_with_its_items_and_its_repeat_is_appended_again(log: Log) -> None:
    await log.append([answer("a"), message("one")], NOW)
    await log.append([answer("a"), message("one")], NOW + 1)
    await assert_told(log, [(name, "assert") for name in named("a", "a")])


async def test_another_body_under_a_known_message_id_is_refused_and_none_of_its_items_written(log: Log) -> None:
    await log.append([answer("a"), message("one")], NOW)
    with pytest.raises(Conflict) as conflict:
        await log.append([answer("b"), message("two")], NOW)
    assert [(fault.reason, fault.pointer) for fault in conflict.value.faults] == [("webhook_id_conflict", "webhook-id")]
    assert len(await told(log)) == 1
    await log.append([answer("b"), message("two", "n")], NOW)


async def test_a_message_whose_items_are_refused_is_not_known(log: Log) -> None:
    await log.append([answer("a")], NOW)
    with pytest.raises(Conflict):
        await log.append([answer("a", "two"), message("one")], NOW)
    await log.append([answer("b"), message("two")], NOW)


async def test_of_two_bodies_of_one_message_at_once_one_is_refused(log: Log) -> None:
    both = [[answer(f"{n}{body}"), message(body, f"m{n}")] for n in range(20) for body in ("one", "two")]
    answers = await asyncio.gather(*(log.append(entries, NOW) for entries in both), return_exceptions=True)
    for one, other in zip(answers[::2], answers[1::2], strict=True):
        assert {type(one), type(other)} == {frozenset, Conflict}
    assert len(await told(log)) == 20


async def test_a_message_is_known_for_a_week(log: Log) -> None:
    await log.append([answer("a"), message("one")], NOW)
    await log.forget(NOW - DAY, await log.ends(), TODAY + timedelta(days=MESSAGE_DAYS))
    with pytest.raises(Conflict):
        await log.append([message("two")], NOW)
    await log.forget(NOW - DAY, await log.ends(), TODAY + timedelta(days=MESSAGE_DAYS + 1))
    await log.append([message("two")], NOW)


async def test_a_report_is_never_taken_for_a_message(log: Log) -> None:
    await log.append([answer("m"), answer("webhook-id|m"), message("one")], NOW)
    assert len(await told(log)) == 2


async def test_released_subjects_leave_no_claim_and_others_keep_theirs(log: Log) -> None:
    await log.append([answer("a"), answer("b", pupil="bo12345x")], NOW)
    await log.release(frozenset({KEY.seal(Identity("unilogin", "anna1a2b"))}))
    await log.append([answer("a", "two")], NOW)
    with pytest.raises(Conflict):
        await log.append([answer("b", "two", pupil="bo12345x")], NOW)


@on_files
async def test_what_is_deleted_leaves_no_byte(log: Log, tmp_path: Path) -> None:
    """A broker deletes whole segments, in its own time (deploy/README.md)."""
    token = f"canary{secrets.token_hex(8)}"
    for n in range(60):
        await log.append([answer(f"a{n}-{part}", f"{token}{'x' * (17 * part)}") for part in range(20)], NOW + n)
    assert traces(tmp_path, token)
    await log.append([answer("stays")], NOW + DAY)
    await log.forget(NOW + DAY, await log.ends(), TODAY)
    assert traces(tmp_path, token) == set()
    assert len(await told(log)) == 1


async def test_an_append_that_nobody_waits_for_any_more_stops_nobody(log: Log) -> None:
    """A request that is cancelled while its append waits in the writer's group."""
    given_up = [asyncio.create_task(log.append([answer(f"c{number}")], NOW)) for number in range(20)]
    await asyncio.sleep(0)
    for task in given_up:
        task.cancel()
    await asyncio.gather(*given_up, return_exceptions=True)
    await asyncio.wait_for(log.append([answer("after")], NOW), 10)
    assert named("after")[0] in {str(one.report) for one in await envelopes(log)}


async def test_a_cursor_is_written_with_what_was_read_and_not_without(log: Log) -> None:
    assert await log.cursor("source") == b""
    assert await log.append([answer("a")], NOW, Cursor("source", b"one")) == frozenset()
    assert await log.cursor("source") == b"one"
    (sealed,) = answer("broken").envelopes
    broken = Entry((structs.replace(sealed, period="no date"),), Claim(str(sealed.report), "digest"))
    for wrong, error in ((answer("a", "another"), Conflict), (broken, ValueError)):
        with pytest.raises(error):
            await log.append([answer("b"), wrong], NOW, Cursor("source", b"two"))
        assert await log.cursor("source") == b"one"
    assert [report for report, _ in await told(log)] == named("a")
    await log.append([], NOW, Cursor("source", b"three"))
    assert (await log.cursor("source"), await log.cursor("another"), len(await told(log))) == (b"three", b"", 1)


async def test_what_is_read_again_is_not_written_again(log: Log) -> None:
    """Not even where the time of its first receipt would be another, nor where the page itself says it twice."""
    await log.append([answer("a"), answer("t", timeless=True)], NOW)
    read = [answer("a"), answer("b"), answer("t", at=NOW + 5, timeless=True), answer("b"), void("v", "a")]
    assert await log.append(read, NOW + 5, Cursor("source", b"one")) == frozenset({0, 2, 3})
    a, b, t, v = named("a", "b", "t", "v")
    await assert_told(log, [(a, "assert"), (t, "assert"), (b, "assert"), (v, "assert"), (a, "retract")])
    assert await log.append(read, NOW + 9, Cursor("source", b"two")) == frozenset(range(5))
    assert len(await told(log)) == 5


async def test_two_contents_of_one_id_in_a_page_are_told_apart(log: Log) -> None:
    with pytest.raises(Conflict) as conflict:
        await log.append([answer("a"), answer("b"), answer("a", "two")], NOW, Cursor("source", b"one"))
    assert [fault.pointer for fault in conflict.value.faults] == ["/2"]
    await assert_told(log, [])


async def test_a_target_that_is_read_after_its_void_is_written(log: Log) -> None:
    await log.append([void("v", "a")], NOW, Cursor("source", b"one"))
    assert await log.append([void("v", "a"), answer("a")], NOW, Cursor("source", b"two")) == frozenset({0})
    a, v = named("a", "v")
    await assert_told(log, [(v, "assert"), (a, "retract"), (a, "assert")])


async def test_what_is_wrong_with_one_append_is_nobody_elses_trouble(log: Log) -> None:
    """Whatever it is: the others of its group are kept, and of the wrong one nothing."""
    (sealed,) = answer("broken").envelopes
    broken = Entry((structs.replace(sealed, period="no date"),), Claim(str(sealed.report), "digest"))
    good = [log.append([answer(f"g{number}")], NOW) for number in range(5)]
    answers = await asyncio.gather(*good[:3], log.append([answer("with it"), broken], NOW), *good[3:], return_exceptions=True)
    assert [isinstance(one, ValueError) for one in answers] == [False, False, False, True, False, False]
    assert sorted(report for report, _ in await told(log)) == sorted(named("g0", "g1", "g2", "g3", "g4"))
