"""CPR numbers found wherever they stand, and nothing else taken for one (domain 2.8). All numbers here are made up."""

import base64
import gzip
import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from contracts import cpr

pytestmark = pytest.mark.quick

NUMBER = "0101104321"
FORMS = (NUMBER, "010110-4321", "010110 4321")
STATEMENTS = Path(__file__).parents[3] / "shared" / "data" / "xapi-statements.jsonl.gz"


def encoded(text: str, *, url_safe: bool = False, padded: bool = True) -> str:
    told = (base64.urlsafe_b64encode if url_safe else base64.b64encode)(text.encode()).decode()
    return told if padded else told.rstrip("=")


@pytest.mark.parametrize("form", FORMS)
def test_ten_digits_with_a_hyphen_a_space_or_nothing_between(form: str) -> None:
    assert cpr.present(form)


@pytest.mark.parametrize(
    "text", ["010110--4321", "010110_4321", "010110.4321", "010110  4321", "01-01-10-4321", "010110/4321", "01011 04321"]
)
def test_other_separators_make_none(text: str) -> None:
    assert not cpr.present(text)


@pytest.mark.parametrize("number", ["0101104321", "0101104320", "1111111111", "2512484916"])
def test_modulus_11_is_not_asked(number: str) -> None:
    assert cpr.present(number)


@pytest.mark.parametrize("day", ["01", "31", "61", "91"])
def test_replacement_numbers_add_sixty_to_the_day(day: str) -> None:
    assert cpr.present(f"{day}0110-4321")


@pytest.mark.parametrize(
    "date_part", ["000110", "320110", "600110", "920110", "010010", "011310", "310410", "910410", "300210", "900210", "999999"]
)
def test_six_digits_that_are_no_date(date_part: str) -> None:
    assert not cpr.present(date_part + "4321")


@pytest.mark.parametrize(
    ("number", "full_year"),
    [
        ("290200-0000", 1900),
        ("290200-3999", 1900),
        ("290200-4000", 2000),
        ("290200-5000", 2000),
        ("290200-8999", 2000),
        ("290200-9000", 2000),
        ("290204-0000", 1904),
        ("290236-4000", 2036),
        ("290236-9000", 2036),
        ("290240-4000", 1940),
        ("290256-5000", 2056),
        ("290260-5000", 1860),
        ("290296-8000", 1896),
        ("290201-0000", 1901),
        ("290237-4000", 1937),
        ("290258-5000", 1858),
        ("290257-5000", 2057),
        ("890204-0000", 1904),
        ("890200-0000", 1900),
    ],
)
def test_leap_days_go_by_the_century_that_the_seventh_digit_tells(number: str, full_year: int) -> None:
    leap = full_year % 4 == 0 and (full_year % 100 != 0 or full_year % 400 == 0)
    assert cpr.present(number) is leap


@given(
    st.dates(date(1858, 1, 1), date(2057, 12, 31)), st.integers(0, 9), st.integers(0, 999), st.sampled_from(["", "-", " "]), st.booleans()
)
def test_every_date_of_every_century(day: date, seventh: int, rest: int, between: str, replaced: bool) -> None:
    year = day.year % 100
    if seventh <= 3:
        expected = 1900 + year
    elif seventh in (4, 9):
        expected = 2000 + year if year <= 36 else 1900 + year
    else:
        expected = 2000 + year if year <= 57 else 1800 + year
    valid = (day.month, day.day) != (2, 29) or (expected % 4 == 0 and expected != 1900)
    first = day.day + 60 * replaced
    assert cpr.present(f"{first:02}{day:%m}{year:02}{between}{seventh}{rest:03}") is valid


@pytest.mark.parametrize("before", ["", "a", "Æ", "ø", "å", "x_", "-", ":", "/", "(", "\n", "#", "☃", "+"])
@pytest.mark.parametrize("after", ["", "a", "Ø", "æ", ".dk", "@skole.dk", "/", ")", "\t", "-", "é"])
def test_between_whatever_is_no_digit(before: str, after: str) -> None:
    for form in FORMS:
        assert cpr.present(before + form + after)


@pytest.mark.parametrize(
    "text", ["1" + NUMBER, NUMBER + "1", "10101104321", "00" + NUMBER + "00", "20261124081500123456", "45010110-4321", "010110-43215"]
)
def test_never_inside_more_digits(text: str) -> None:
    assert not cpr.present(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "010110",
        "4321",
        "2026-11-24T08:15:00.123456Z",
        "23-11-2026",
        "+45 12 34 56 78",
        "DK-12345678",
        "101001",
        "henr276q",
        "1000013b36",
        "PT4M30S",
        "https://matematik-x.dk/opgaver/17",
        "1795510800",
        "1795510800000000",
        "9788702123456",
    ],
)
def test_what_schools_write_otherwise(text: str) -> None:
    assert not cpr.present(text)


@pytest.mark.parametrize(
    "text",
    [
        "01011043-2101-4010-8101-043210101104",
        "urn:uuid:01011043-2101-4010-8101-010110432112",
        "01011010-4321-4a4b-8c8d-010110432199",
        "https://x.dk/f47ac10b-58cc-4372-a567-010110432100/1",
        "F47AC10B-58CC-4372-A567-010110432111",
    ],
)
def test_digits_of_a_uuid_are_none(text: str) -> None:
    assert not cpr.present(text)


@pytest.mark.parametrize("text", [f"f47ac10b-58cc-4372-a567-0e02b2c3d479/{NUMBER}", f"{NUMBER}:f47ac10b-58cc-4372-a567-0e02b2c3d479"])
def test_a_number_beside_a_uuid_is_one(text: str) -> None:
    assert cpr.present(text)


def test_a_uuid_that_is_too_long_hides_nothing() -> None:
    assert cpr.present("af47ac10b-58cc-4372-a567-010110-4321")


@given(st.uuids(version=4))
@example(UUID("01011043-2101-4010-8101-043210101104"))
def test_no_uuid_ever_is_one(identifier: UUID) -> None:
    for written in (str(identifier), str(identifier).upper(), f"urn:uuid:{identifier}", f"https://x.dk/{identifier}?a={identifier}"):
        assert not cpr.present(written)


@pytest.mark.parametrize(
    "text",
    [
        "010110%2D4321",
        "010110%204321",
        "%30%31%30%31%31%30%2D%34%33%32%31",
        "https://x.dk/?cpr=010110%2d4321&a=b",
        "a%C3%A6010110-4321",
        "%C3%A5" + NUMBER,
        "010110+4321%20",
    ],
)
def test_url_encoded(text: str) -> None:
    assert cpr.present(text)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("around", ["{}", "elev {} i 5.A", "Søren Ærlig {}", '{{"cpr":"{}"}}', "x{}"])
@pytest.mark.parametrize("url_safe", [False, True])
@pytest.mark.parametrize("padded", [False, True])
@pytest.mark.parametrize(
    "place",
    [
        "{}",
        "https://x.dk/{}",
        "https://x.dk/elev/{}/opgave",
        "https://x.dk/?id={}&a=b",
        "urn:elev:{}",
        "data:text/plain;base64,{}",
        "a {} b",
        "https://x.dk/elev-{}-5a",
        "elev_{}",
    ],
)
def test_in_base64_at_any_place(form: str, around: str, url_safe: bool, padded: bool, place: str) -> None:
    assert cpr.present(place.format(encoded(around.format(form), url_safe=url_safe, padded=padded)))


@given(st.binary(max_size=12), st.text(max_size=12), st.sampled_from(FORMS), st.sampled_from(["/", "?q=", ":", " ", ","]))
def test_in_base64_whatever_stands_around_it(before: bytes, after: str, form: str, edge: str) -> None:
    inner = base64.b64encode(f"{before.hex()}. {form} .{after}".encode()).decode()
    assert cpr.present(f"https://x.dk{edge}{inner}")
    assert cpr.present(f"https://x.dk{edge}{quote(inner, safe='')}")


@given(st.binary(min_size=16, max_size=16))
def test_random_tokens_are_hardly_ever_one(secret: bytes) -> None:
    assert not cpr.present(encoded("x" + secret.hex().translate(str.maketrans("0123456789", "ghijklmnop"))))


def test_is_decoded_once_and_no_more() -> None:
    assert not cpr.present(encoded(encoded("010110-4321")))
    assert not cpr.present("010110%252D4321")


def test_short_texts_hold_none() -> None:
    assert not cpr.present("010110432")


@pytest.mark.parametrize(
    ("document", "pointers"),
    [
        (NUMBER, [""]),
        ({"a": {"b": [1, {"c": NUMBER}]}}, ["/a/b/1/c"]),
        ({"a": NUMBER, "b": [NUMBER, "x", NUMBER]}, ["/a", "/b/0", "/b/2"]),
        ({"actor": {NUMBER: "x"}}, ["/actor"]),
        ({"extensions": {"https://x.dk/ext": NUMBER}}, ["/extensions/*"]),
        ({"extensions": {f"https://x.dk/{NUMBER}": 1}}, ["/extensions"]),
        ({"a": 101104321, "b": 1_111_111_111, "c": None, "d": True, "e": 1.5}, []),
        ({"a/b~c": NUMBER}, ["/*"]),
    ],
)
def test_pointers_to_strings_and_keys_never_repeat_one(document: Any, pointers: list[str]) -> None:
    assert list(cpr.find(document)) == pointers


def test_members_that_a_connector_allows_are_not_looked_at() -> None:
    document = {"item": {"item_id": NUMBER, "name": NUMBER}, "list": [{"item_id": {"deep": NUMBER}}]}
    assert list(cpr.find(document, allowed=frozenset({"item_id"}))) == ["/item/name"]
    assert list(cpr.find({NUMBER: 1}, allowed=frozenset({NUMBER}))) == [""]


def test_many_days_are_quick() -> None:
    days = [date(2000, 1, 1) + timedelta(days=offset) for offset in range(4_000)]
    assert not any(cpr.present(f"https://x.dk/{day:%Y-%m-%d}/opgave/{day:%y%m}-{number}") for number, day in enumerate(days))


def test_hyphens_and_spaces_as_word_processors_write_them() -> None:
    assert all(cpr.present(f"010110{between}4321") for between in "\u2010\u2011\u2012\u2013\u2212\u00a0\u202f")


def test_base64_that_is_not_utf_8() -> None:
    assert cpr.present("https://x.dk/" + base64.b64encode("Sørens nr. 010110-4321 æ".encode("latin-1")).decode())


def test_the_shared_statements_hold_none() -> None:
    with gzip.open(STATEMENTS, "rt", encoding="utf-8") as lines:
        statements = [json.loads(line) for line in lines]
    hits = [hit for statement in statements for hit in cpr.find(statement)]
    print(f"{len(statements)} statements, {len(hits)} hits")
    assert len(statements) == 7_547
    assert hits == []


@given(st.binary(max_size=4), st.dates(date(1950, 1, 1), date(1999, 12, 31)), st.integers(0, 3999), st.sampled_from(["", "-", " ", "\xa0"]))
def test_in_base64_at_every_alignment(before: bytes, day: date, rest: int, between: str) -> None:
    number = f"{day:%d%m%y}{between}{rest:04}"
    assert cpr.present(number)
    assert cpr.present("x/" + base64.b64encode(before + b"." + number.encode("latin-1")).decode().rstrip("="))
