"""The real statements of the shared data: all are taken, and the ledger's kinds are known beforehand."""

import gzip
from collections import Counter
from pathlib import Path

import pytest
from xapi_requests import HEADERS

from connectors.xapi import CONNECTOR
from contracts import cpr, strictjson
from contracts.connector import Item, NotUsed, Published, Registration, Request
from contracts.privacy import Identity

FILE = Path(__file__).parents[3] / "shared" / "data" / "xapi-statements.jsonl.gz"
LEARNERS = Registration("mooc", frozenset({"xapi"}), frozenset({"101001"}), "Mooc", "NAT", {"http://fun-mooc.fr": "mooc"})
DECEMBER_2021 = 1_638_316_800_000_000

pytestmark = pytest.mark.quick


@pytest.fixture(scope="module")
def lines() -> list[bytes]:
    assert FILE.is_file(), "the shared data are missing: ../shared/data/xapi-statements.jsonl.gz, beside the repository"
    return gzip.decompress(FILE.read_bytes()).splitlines()


@pytest.fixture(scope="module")
def items(lines: list[bytes]) -> list[Item]:
    return [item for start in range(0, len(lines), 50) for item in _translated(lines[start : start + 50])]


def _translated(batch: list[bytes]) -> tuple[Item, ...]:
    body = b"[" + b",".join(batch) + b"]"
    return CONNECTOR.translate(Request(body, HEADERS, {}, "POST", DECEMBER_2021, LEARNERS, lambda: "")).items


def test_each_is_accounted_for_by_kind(items: list[Item]) -> None:
    published = Counter(item.kind for item in items if isinstance(item, Published))
    not_used = Counter((item.kind, item.reason) for item in items if isinstance(item, NotUsed))
    assert published == {"played": 2_418, "paused": 2_326, "seeked": 811, "completed": 217, "terminated": 119}
    assert not_used == {
        ("interacted", "verb_not_used"): 1_144,
        ("initialized", "verb_not_used"): 494,
        ("downloaded", "verb_not_used"): 18,
    }
    assert len(items) == 7_547


def test_each_is_of_a_learner_at_a_time(items: list[Item]) -> None:
    drafts = [draft for item in items if isinstance(item, Published) for draft in item.drafts]
    assert len(drafts) == 5_891
    assert all(isinstance(draft.subject, Identity) and draft.subject.scheme == "mooc" for draft in drafts)
    assert all(draft.time is not None and draft.data["at"].year == 2021 for draft in drafts)
    assert sum(draft.data["position"] is not None for draft in drafts) > 5_000
    assert sum(draft.data["length"] is not None for draft in drafts) > 3_000


def test_none_has_the_shape_of_a_cpr_number(lines: list[bytes]) -> None:
    assert [pointer for line in lines for pointer in cpr.find(strictjson.parse(line))] == []
