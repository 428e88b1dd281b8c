"""skolegrunddata: documents that are made to hurt, and documents that are no documents."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from unit.posting import outcomes, reason, refusal, taken
from unit.skolegrunddata import CLASS, HEAD, document, institution, pupil, school

from connectors.skolegrunddata import CONNECTOR, shape
from contracts.connector import Failed, Translation

pytestmark = pytest.mark.quick

LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "ha"}">' for n in range(10))


def within(internal: str, name: str = "UNILoginExport") -> str:
    """A class that is called what an entity says, under a document type."""
    return document(institution(CLASS.replace("5.A", "&l9;")), head=f"{HEAD}<!DOCTYPE {name} [{internal}]>\n")


@pytest.mark.parametrize(
    "body",
    [
        within(LAUGHS), within(f'<!ENTITY l9 "{"ha" * 100_000}">'), within('<!ENTITY l9 SYSTEM "file:///etc/passwd">'),
        within('<!ENTITY l9 SYSTEM "http://127.0.0.1:9/x">'), within('<!ENTITY % p SYSTEM "http://127.0.0.1:9/x.dtd"> %p;'),
        within("<!ELEMENT UNILoginExport ANY>"), within("<!ATTLIST UNILoginExport exportDateTime CDATA '2026-11-23T15:00:00'>"),
        document(institution(CLASS), head=f'{HEAD}<!DOCTYPE UNILoginExport SYSTEM "http://127.0.0.1:9/x.dtd">'),
        document(institution(CLASS), head=f"{HEAD}<!DOCTYPE UNILoginExport>"),
    ],
)  # fmt: skip
def test_a_document_type_is_refused_before_anything_of_it_is_read(body: str) -> None:
    started = time.process_time()
    (fault,) = refusal(CONNECTOR, body).faults
    assert fault.reason == "xml_forbidden"
    assert time.process_time() - started < 1


def test_nothing_outside_the_document_is_fetched(tmp_path: Path) -> None:
    """XInclude, style sheets and schema locations are words like others."""
    secret = tmp_path / "secret.txt"
    secret.write_text("Kanariefugl")
    include = f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{secret}" parse="text"/>'
    assert reason(CONNECTOR, document(institution(CLASS, include))) == "unknown_member"
    head = f'{HEAD}<?xml-stylesheet href="{secret}"?>\n'
    assert "Kanariefugl" not in repr(taken(CONNECTOR, document(institution(CLASS), head=head)))
    assert reason(CONNECTOR, document(institution(CLASS.replace("5.A", "&secret;")))) == "not_xml"


@pytest.mark.parametrize(
    "body",
    [
        "hej", "<", "<a", "{}", "<UNILoginExport>", school(pupil())[:-1], school(pupil())[:200], school() + "<mere/>", school() + "hej",
        school().replace("</Group>", "</Gruppe>"), school().replace("5.A", "5&A"), school().replace("5.A", "\x01"),
        school().replace('accessLevel="small"', 'accessLevel="small" accessLevel="full"'), " " + school(),
    ],
)  # fmt: skip
def test_what_is_not_well_formed_is_refused_with_its_line(body: str) -> None:
    (fault,) = refusal(CONNECTOR, body).faults
    assert fault.reason == "not_xml"
    assert fault.pointer.startswith("line ")


@pytest.mark.parametrize("body", ["", " \n\t"])
def test_an_empty_document(body: str) -> None:
    assert reason(CONNECTOR, body) == "empty_file"


def declared(encoding: str, body: str = "") -> str:
    return (body or school(pupil("søren001"))).replace('encoding="UTF-8"', f'encoding="{encoding}"')


def test_encodings_that_are_declared() -> None:
    plain = taken(CONNECTOR, school(pupil("søren001")))
    assert outcomes(plain) == ["object_not_used", "published", "published", "published"]
    for body in (
        declared("utf-8").encode(), b"\xef\xbb\xbf" + declared("UTF-8").encode(), declared("").replace(' encoding=""', "").encode(),
        declared("ISO-8859-1").encode("latin-1"), declared("iso-8859-1").encode("latin-1"),
        school(pupil("søren001")).removeprefix(HEAD).encode(),
    ):  # fmt: skip
        assert _told(taken(CONNECTOR, body)) == _told(plain)


def _told(translation: Translation) -> list[str]:
    return [repr(item) for item in translation.items]


@pytest.mark.parametrize(
    "body",
    [
        declared("UTF-16").encode("utf-16"), declared("UTF-16").encode("utf-16-le"), declared("UTF-8").encode("utf-16-be"),
        declared("UTF-16").encode("utf-32"), declared("UTF-16").encode(), declared("windows-1252").encode("cp1252"),
        declared("UTF-7").encode(), declared("no-such").encode(), declared("IBM500").encode(),
    ],
)  # fmt: skip
def test_other_encodings_are_refused(body: bytes) -> None:
    assert reason(CONNECTOR, body) == "encoding_unknown"


def test_an_encoding_that_is_not_the_declared_one_is_refused() -> None:
    assert reason(CONNECTOR, declared("UTF-8").encode("latin-1")) == "not_xml"


def nested(depth: int) -> str:
    return "<Person>" + "<a>" * depth + "</a>" * depth + "</Person>"


def test_depth_is_bounded() -> None:
    record = pupil().replace("<Student>", nested(shape.MOST_DEPTH - 4) + "<Student>")
    assert outcomes(taken(CONNECTOR, school(record)))[2] == "published"
    for depth in (shape.MOST_DEPTH - 3, 50_000):
        deeper = pupil().replace("<Student>", nested(depth) + "<Student>")
        assert reason(CONNECTOR, school(deeper)) == "too_deep"


def test_the_number_of_elements_is_bounded() -> None:
    started = time.process_time()
    refused = refusal(CONNECTOR, school(pupil().replace("<Student>", "<Person>" + "<a/>" * shape.MOST_ELEMENTS + "</Person><Student>")))
    assert [fault.reason for fault in refused.faults] == ["too_many_items"]
    assert refused.status == 413
    print(f"{shape.MOST_ELEMENTS} elements: refused in {time.process_time() - started:.2f} s of CPU")


@pytest.mark.parametrize(
    "longer",
    [
        lambda n: school(pupil("x" * n)),
        lambda n: school(pupil().replace("<Student>", f"<Person><FirstName>{'x' * n}</FirstName></Person><Student>")),
        lambda n: document(f'<ImportSource source="{"x" * n}"/>', institution(CLASS)),
        lambda n: school(pupil().replace("<UNILogin>", f'<UNILogin note="{"x" * n}">')),
    ],
)
def test_texts_and_attributes_are_bounded(longer: Callable[[int], str]) -> None:
    for size in (shape.LONGEST_TEXT + 1, 3_000_000):
        (fault,) = refusal(CONNECTOR, longer(size)).faults
        assert fault.reason == "value_invalid"
        assert str(shape.LONGEST_TEXT) in fault.detail
    taken(CONNECTOR, longer(400))


def test_the_number_of_attributes_is_bounded() -> None:
    many = " ".join(f'a{n}="1"' for n in range(shape.MOST_ATTRIBUTES + 1))
    assert reason(CONNECTOR, school(pupil().replace("<UNILogin>", f"<UNILogin {many}>"))) == "value_invalid"


def test_no_value_is_in_an_answer() -> None:
    """Neither of what is refused nor of what fails."""
    secret = "Kanariefugl"
    told = repr(
        [
            (item.reason, item.pointer, item.detail)
            for item in _failed(taken(CONNECTOR, school(pupil(role=secret), f"<Group>{secret}</Group>")))
        ]
    )
    told += repr(refusal(CONNECTOR, school(at=secret)).faults)
    told += repr(refusal(CONNECTOR, document(f"<{secret}/>", institution(CLASS))).faults)
    told += repr(refusal(CONNECTOR, document(institution(CLASS, number=secret))).faults)
    told += repr(refusal(CONNECTOR, f"<{secret}>").faults)
    assert "row_incomplete" in told
    assert secret not in told


def _failed(translation: Translation) -> list[Failed]:
    return [item for item in translation.items if isinstance(item, Failed)]


def test_a_large_municipal_export_is_taken() -> None:
    """10,000 people in one document, in CPU seconds of this machine."""
    people = [pupil(f"elev{n:05}") for n in range(10_000)]
    body = school(*people)
    started = time.process_time()
    translation = taken(CONNECTOR, body)
    print(f"{len(body) >> 10} KiB, 10,000 people: {time.process_time() - started:.2f} s of CPU")
    assert translation.pupils is not None
    assert len(translation.pupils["101001"]) == 10_000
