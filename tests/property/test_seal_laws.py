"""Nothing unlisted passes the seal, and no direct identifier does in any form (design 3, R1)."""

import base64
import json
from typing import Any
from urllib.parse import quote

import pytest
from delivering import KEY, logged
from delivering import as_they_came as came
from histories import history
from hypothesis import assume, event, given
from hypothesis import strategies as st
from proving import law, seeds
from units import SCHOOL

from contracts import cpr
from contracts.connector import Draft
from contracts.envelope import decode, encode
from contracts.errors import Fault, Refused
from contracts.events import AttendanceRegistered, Event, ItemAnswered, Membership, RosterIdentity
from contracts.privacy import GroupRef, Identity, Key, Person, RowRef
from contracts.seal import Origin, retraction, seal

pytestmark = pytest.mark.quick

ORIGIN = Origin("matematik-x", "xapi", 0, 1_795_510_800_000_000)
TIME = 1_795_510_700_000_000
WHO = Identity("unilogin", "anna1234")
LISTED: dict[type[Event], dict[str, Any]] = {
    ItemAnswered: {"tool": "Matematik X", "item_id": "opgave"},
    AttendanceRegistered: {"date": "2026-11-23", "slot": "start", "status": "present"},
    Membership: {"group_id": GroupRef(SCHOOL, "5.A"), "group_kind": "class", "role": "pupil", "row_id": RowRef(SCHOOL, "r")},
    RosterIdentity: {"scheme": "unilogin", "identity": WHO, "basis": "roster", "person": Person(WHO)},
}
models = st.sampled_from(sorted(LISTED, key=str))
keys = st.binary(min_size=32, max_size=32)
values = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=8, max_size=40).filter(lambda text: len(text.strip()) >= 8)
identities = st.builds(Identity, st.sampled_from(("unilogin", "mailto", "local:101001", "https://dansk-y.dk")), values)
leaves = st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=10)


def draft(model: type[Event], who: Identity, data: dict[str, Any]) -> Draft:
    return Draft(model, who, SCHOOL, data, f"row|{who.scheme}|{who.value}", TIME)


def sealed(told: Draft, key: Key = KEY) -> bytes:
    envelope = seal(told, ORIGIN, "row", "1/1", key, TIME)
    assert decode(encode(envelope)) == envelope
    return encode(envelope) + encode(retraction(envelope, 9, TIME))


@law(300, 5_000)
@given(model=models, name=st.text(min_size=1, max_size=30), value=leaves)
def test_a_field_that_is_not_listed_is_refused(model: type[Event], name: str, value: Any) -> None:
    assume(name not in model.__struct_fields__)
    with pytest.raises(Refused) as refused:
        sealed(draft(model, WHO, {**LISTED[model], name: value}))
    (fault,) = refused.value.faults
    assert fault == Fault("unknown_member"), "its name may hold anything"


def forms(value: str) -> list[bytes]:
    """As it is, as JSON and addresses write it, in base64 of either alphabet, in hex, whatever its case."""
    raw = value.encode()
    coded = [
        base64.b64encode(raw).rstrip(b"="),
        base64.urlsafe_b64encode(raw).rstrip(b"="),
        base64.b32encode(raw).rstrip(b"="),
        raw.hex().encode(),
    ]
    written = [raw, json.dumps(value)[1:-1].encode(), quote(value).encode(), quote(value, safe="").encode()]
    return [form.lower() for form in coded + written]


@law(300, 5_000)
@given(model=models, who=identities, other=identities)
def test_no_form_of_an_identity_is_in_an_envelope(model: type[Event], who: Identity, other: Identity) -> None:
    assume(not any(cpr.present(one.value) for one in (who, other)))
    elsewhere = sealed(draft(model, WHO, LISTED[model])).lower()
    data = {name: other if isinstance(value, Identity) else value for name, value in LISTED[model].items()}
    data |= {name: Person(other) for name, value in data.items() if isinstance(value, Person)}
    made = sealed(draft(model, who, data)).lower()
    for one in (who, other, who.normalised(), other.normalised()):
        for form in forms(one.value):
            assume(form not in elsewhere)
            assert form not in made


@law(200, 5_000)
@given(who=identities)
def test_an_identity_that_looks_like_a_cpr_number_is_refused_without_being_told(who: Identity) -> None:
    hidden = Identity(who.scheme, f"{who.value} 010190-1234")
    with pytest.raises(Refused) as refused:
        sealed(draft(ItemAnswered, hidden, LISTED[ItemAnswered]))
    assert [fault.reason for fault in refused.value.faults] == ["national_identifier_present"]
    assert "010190" not in repr([(fault.pointer, fault.detail) for fault in refused.value.faults])


@law(10, 100, shrink=False)
@given(seed=seeds)
def test_no_identity_of_a_whole_history_is_in_its_log(seed: int) -> None:
    """Failed items and claims too."""
    told = history(seed)
    log = logged(came(told.units))
    written = b"\n".join([*log.records, *(repr(row).encode() for row in log.rows.values())]).lower()
    found = [
        form for pupil in told.people for one in (pupil.unilogin, pupil.local, pupil.own) for form in forms(one.value) if form in written
    ]
    assert found == []


def written_otherwise(who: Identity) -> st.SearchStrategy[Identity]:
    """As another system may write the same identity, or what only looks like it."""
    texts = (who.value, who.value.upper(), who.value.lower(), f" {who.value}\t", who.value + "x")
    return st.builds(Identity, st.sampled_from((who.scheme, who.scheme.upper(), f" {who.scheme}")), st.sampled_from(texts))


pairs = identities.flatmap(lambda who: st.tuples(st.just(who), st.one_of(identities, written_otherwise(who))))


@law(300, 5_000)
@given(pair=pairs, one=keys, two=keys)
def test_a_pseudonym_is_of_one_identity_under_one_key(pair: tuple[Identity, Identity], one: bytes, two: bytes) -> None:
    who, other = pair
    event(f"one identity, written in two ways: {who != other and who.normalised() == other.normalised()}")
    assert Key(one).seal(who) == Key(one).seal(Identity(who.scheme, who.value))
    assert (Key(one).seal(who) == Key(two).seal(who)) == (one == two)
    assert (Key(one).check == Key(two).check) == (one == two)
    assert (Key(one).seal(who) == Key(one).seal(other)) == (who.normalised() == other.normalised())
    names = {Key(one).seal(direct)[2:] for direct in (who, Person(who), GroupRef(who.scheme, who.value))}
    assert len(names) == 3, "a pupil, an identity and a group of the same parts are not one"


@law(300, 20_000)
@given(who=identities, key=keys)
def test_a_pseudonym_never_looks_like_a_cpr_number(who: Identity, key: bytes) -> None:
    """Its digits are 2-7, so it has no month; nor does it decode to one."""
    for direct in (who, Person(who), GroupRef(who.scheme, who.value)):
        assert not cpr.present(Key(key).seal(direct))
        assert not set(Key(key).seal(direct)) & set("0189")


logins = st.text("abcdefghijklmnopqrstuvwxyzæøå0123456789.@", min_size=1, max_size=20)


@law(100, 2_000)
@given(value=logins, scheme=st.sampled_from(("unilogin", "mailto", "local:101001", "https://dansk-y.dk")))
def test_case_is_ignored_in_logins_and_mail_addresses_alone(value: str, scheme: str) -> None:
    small, large = Identity(scheme, value), Identity(scheme, f" {value.upper()} ")
    assert (KEY.seal(small) == KEY.seal(large)) == (scheme in ("unilogin", "mailto") or value == value.upper())
    assert KEY.seal(small) == KEY.seal(Identity(scheme, f"\t{value} "))
    assert large.normalised().normalised() == large.normalised()
