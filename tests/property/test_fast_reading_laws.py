"""What is read fast is read as it is carefully, and a text called clear of CPR numbers has none: nothing is let by for speed."""

import json
from typing import Any

import pytest
from hypothesis import assume, event, example, given
from hypothesis import strategies as st
from proving import law

from contracts import cpr, strictjson
from contracts.errors import Refused

pytestmark = pytest.mark.quick

HOSTILE = [
    *(b'{"a":1,"a":2}', b'{"a":1,"\\u0061":2}', b'{"a"\n:1,"b":{"a" :1,"a":1}}', b'{"a":1,"a":"\\":"}', b'{"a":"\\u0022:","a":1}'),
    *(
        b"1" * 308,
        b"1" * 309,
        b"-" + b"1" * 307,
        b"-" + b"1" * 308,
        b"1e400",
        b"-1e400",
        b"1e-400",
        b"0." + b"3" * 400,
        b"NaN",
        b"-Infinity",
    ),
    *(b"[" * n + b"]" * n for n in (63, 64, 65, 66, 2_000, 200_000)),
    *(b'{"a":' * n + b"1" + b"}" * n for n in (63, 64, 65, 66)),
    *(b'"\\ud800"', b'"\\udc00"', b'"\\ud83d\\ude00"', b'"\\ud800\\u0041"', b'{"\\udc00":1}', b'"\xed\xa0\x80"', b'"\xff"', b'"\xc0\x80"'),
    *(b"", b" ", b"[1,]", b"[1]x", b"01", b"1.", b"-0", b'"\x00"', b'"\x7f"', b"\xef\xbb\xbf1", b"1\x00", b'"\\x"', b"{1:1}", b"nul"),
]
tokens = st.sampled_from(
    [*'{}[]:, \n"\\', '"a"', '"b"', '"a":', '"\\u0061":', '"\\":"', "1", "-0", "1.5e3", "9" * 309, "1e999", "NaN", "true", "null"]
)
texts = st.text(st.characters(exclude_categories=("Cs",)), max_size=6)
leaves = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts
documents = st.recursive(leaves, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4), max_leaves=20)


def told(read: Any, body: bytes) -> str:
    """Also tells 1 from 1.0 and from True."""
    try:
        return repr(read(body))
    except Refused as refused:
        return repr((refused.faults, refused.status))


@pytest.mark.parametrize("body", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_texts_are_read_as_they_are_carefully(body: bytes) -> None:
    for around in (body, b"[" + body + b"]", b' {"k": ' + body + b"}\r\n"):
        assert told(strictjson.parse, around) == told(strictjson._carefully, around)


@law(1_000, 5_000)
@given(st.lists(tokens, max_size=25).map("".join))
def test_any_text_is_read_as_it_is_carefully(text: str) -> None:
    assert told(strictjson.parse, text.encode()) == told(strictjson._carefully, text.encode())


@law(500, 4_000)
@given(documents, st.booleans(), st.sampled_from([None, 1]), st.data())
def test_any_document_whole_or_spoilt_is_read_as_it_is_carefully(document: Any, ascii_only: bool, indent: int | None, data: Any) -> None:
    body = json.dumps(document, ensure_ascii=ascii_only, indent=indent).encode()
    assert repr(strictjson.parse(body)) == repr(document)
    at = data.draw(st.integers(0, len(body) - 1))
    spoilt = body[:at] + data.draw(st.binary(max_size=3)) + body[at + data.draw(st.integers(0, 2)) :]
    assert told(strictjson.parse, spoilt) == told(strictjson._carefully, spoilt)


A_UUID = "f47ac10b-58cc-4372-a567-0e02b2c3d479"
numbers = st.sampled_from(
    [
        *(
            "0101104321",
            "010110-4321",
            "010110 4321",
            "010110+4321",
            "010110\u00a04321",
            "010110\u20114321",
            "010110%204321",
            "0101%31%304321",
        ),
        *("0101%31%304321", "٠١٠١١٠٤٣٢١", "MDEwMTEwNDMyMQ", "wMTAxMTA0MzIx", "AxMDExMC00MzIx", "610110-4321", "311210-4321"),
    ]
)
around = st.sampled_from(["", "x", "7", "/", "-", "+", "%41", "æ", "☃", "a\\b", "\n", A_UUID, A_UUID + "0"])
pieces = st.lists(numbers | around | texts | st.integers(0, 10**12).map(str), max_size=4).map("".join)
holding = st.recursive(
    pieces | st.integers(), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(pieces, inner, max_size=3), max_leaves=8
)


@law(2_000, 10_000)
@given(holding, st.booleans())
@example(["010110-4321"], False)
@example({"MDEwMTEwNDMyMQ": 1}, False)
def test_no_text_with_a_number_is_called_clear(document: Any, ascii_only: bool) -> None:
    text = json.dumps(document, ensure_ascii=ascii_only)
    found = next(cpr.find(document), None)
    event(f"clear: {cpr.clear(text)}, found: {found is not None}")
    assert not (cpr.clear(text) and found is not None)


@law(500, 4_000)
@given(pieces)
def test_what_every_number_has_is_asked_first(text: str) -> None:
    """A string in which nothing of a number can be is not looked at further; looking further finds none there."""
    assume(not cpr._COULD.search(text))
    rest = cpr.UUID.sub(" ", cpr.unquote(text))
    assert not cpr._plain(text)
    assert not cpr._plain(cpr.unquote_plus(text))
    assert not any(cpr._plain(cpr._decoded(run, start)) for run in cpr._BASE64.findall(rest) for start in range(4))
