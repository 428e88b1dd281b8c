"""The cells worked out by hand (hand_cells.json): reading them, and writing their short lines out as what a supplier would send.

A line of `xapi` is `<name> <time> <verb> <key>=<value>...`; `{1..20}` in it makes twenty lines, counting along. Verbs: played, paused,
seeked, completed, terminated (keys session, time, length), answered (item, success true/false, else unknown), voided (target); of cmi5
launched, initialized, closed (terminated) and abandoned (session, duration), and experienced (item, duration); scored and failed (item,
scaled, raw, min, max, and partial=yes where it is not over).
`by=` names a pupil by Unilogin; where it is not there, it is the cell's pupil.

`framework`: of whose goals a cell is, where there is one for each. `holds` are groups that the pupil is in beside the class: name,
first and last day, null where it is open.
"""

from __future__ import annotations

import json
import re
import uuid
from datetime import date, datetime
from pathlib import Path
from typing import Any

from oracle.batch import Key, Oracle, series
from oracle.measures import Cell
from oracle.people import pupil
from oracle.statements import ABANDONED, ADL, CMI5, EXTENSION, VIDEO, VIDEO_VERBS

Json = dict[str, Any]
HOME = "https://uni-login.example"
SCHOOL = "101001"
VERBS = {
    **{name: VIDEO_VERBS + name for name in ("played", "paused", "seeked")},
    **{
        name: ADL + name
        for name in ("completed", "terminated", "answered", "voided", "launched", "initialized", "experienced", "scored", "failed")
    },
    "closed": ADL + "terminated",
    "abandoned": ABANDONED,
}
RESULT_VERBS = frozenset({"scored", "failed"})
SESSION_VERBS = frozenset({"launched", "initialized", "closed", "abandoned"})
COUNT = re.compile(r"\{(\d+)\.\.(\d+)\}")


def hand_cells() -> list[Json]:
    """All of them, as written."""
    cells: list[Json] = json.loads(Path(__file__).with_name("hand_cells.json").read_text(encoding="utf-8"))["cells"]
    return cells


def counted(line: str) -> list[str]:
    """The lines that a line with `{a..b}` stands for: all its ranges count along together."""
    ranges = [range(int(first), int(last) + 1) for first, last in COUNT.findall(line)]
    if not ranges:
        return [line]
    frame = COUNT.sub("\0", line).split("\0")
    rows = zip(*ranges, strict=True)
    return ["".join(part + str(number) for part, number in zip(frame, [*row, ""], strict=True)) for row in rows]


def statement_id(cell: str, name: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"https://hand.example/{cell}/{name}"))


def told(verb: str, said: dict[str, str]) -> Json:
    """The parts of a statement beside who, when and which verb."""
    if verb == "answered":
        success = {"true": {"success": True}, "false": {"success": False}}.get(said.get("success", ""), {})
        return {"object": {"id": f"https://tool.example/{said['item']}"}, "result": success}
    if verb in RESULT_VERBS:
        score = {"score": {key: float(said[key]) for key in ("scaled", "raw", "min", "max") if key in said}}
        return {
            "object": {"id": f"https://tool.example/{said['item']}"},
            "result": score | ({"completion": False} if "partial" in said else {}),
        }
    timed = {"result": {"duration": said["duration"]}} if "duration" in said else {}
    if verb == "experienced":
        return {"object": {"id": f"https://tool.example/{said['item']}"}} | timed
    if verb in SESSION_VERBS:
        context = {"contextActivities": {"category": [{"id": f"{CMI5}/categories/cmi5"}]}}
        return {
            "object": {"id": "https://tool.example/unit"},
            "context": context | {"extensions": {f"{CMI5}/extensions/sessionid": said["session"]}},
        } | timed
    extensions = {EXTENSION + key: float(said[key]) for key in ("length", "time") if key in said}
    context = {key: value for key, value in extensions.items() if key.endswith("length")}
    return {
        "object": {"id": "https://tool.example/film"},
        "result": {"extensions": {key: value for key, value in extensions.items() if key.endswith("time")}},
        "context": {
            "contextActivities": {"category": [{"id": VIDEO}]},
            "extensions": context | {EXTENSION + "session-id": said["session"]},
        },
    }


def statement(cell: Json, line: str) -> Json:
    """One xAPI statement of one line."""
    name, time, verb, *pairs = line.split()
    said = dict(pair.split("=", 1) for pair in pairs)
    actor = {"account": {"homePage": HOME, "name": said.get("by", cell["pupil"])}}
    whole = {"id": statement_id(cell["name"], name), "timestamp": time, "actor": actor, "verb": {"id": VERBS[verb]}}
    if verb == "voided":
        return whole | {"object": {"objectType": "StatementRef", "id": statement_id(cell["name"], said["target"])}}
    return whole | told(verb, said)


def statements(cell: Json) -> list[Json]:
    """What the cell's supplier of xAPI sends, in the order written."""
    return [statement(cell, line) for short in cell.get("xapi", []) for line in counted(short)]


def day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def fed(cell: Json) -> Oracle:
    """An oracle that was fed the cell's input."""
    oracle = Oracle(date.fromisoformat(cell["today"]), datetime.fromisoformat(f"{cell['today']}T20:00:00+00:00"))
    places = [(SCHOOL, cell.get("class", "5.A"), cell.get("grade", 5), None, None)]
    places += [(SCHOOL, hold, None, day(first), day(last)) for hold, first, last in cell.get("holds", [])]
    oracle.roster([pupil(cell["pupil"], [("unilogin", cell["pupil"])], places)])
    oracle.links([(tuple(left), tuple(right)) for left, right in cell.get("links", [])])
    oracle.calendar(SCHOOL, {date.fromisoformat(key): value for key, value in cell.get("calendar", {}).items()})
    oracle.xapi(statements(cell), SCHOOL, "MAT", "matematik-x", "xapi-supplier", {HOME: "unilogin"})
    oracle.cloudevents(cell.get("cloudevents", []), "event-supplier", "laes-let", "MAT", SCHOOL)
    for file in cell.get("attendance", []):
        as_of = datetime.fromisoformat(file["as_of"])
        oracle.attendance("\n".join(file["rows"]), as_of, SCHOOL, file["complete"], "attendance-supplier")
    return oracle


def key(cell: Json) -> Key:
    place = series(cell["subject"], cell["framework"]) if "framework" in cell else cell["subject"]
    return cell["pupil"], cell["indicator"], place, cell["window"]


def expected(cell: Json) -> Cell:
    """The cell as worked out by hand."""
    whole = cell["cell"]
    interval, today = whole["interval"], whole["today"]
    return Cell(
        whole["value"], whole["n"], None if interval is None else tuple(interval), whole["reason"], None if today is None else tuple(today)
    )
