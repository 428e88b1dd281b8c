"""Who belongs where: the roster's facts as they count, and who a pupil is (design 3, "Who a pupil is").

A part is one institution's; the roster of the hub joins them, since an identity claimed by two pupils counts for neither wherever
they go to school. Rows of a source that sends complete files count only while they stand in its newest one (`source.snapshot`).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property, lru_cache
from sys import intern
from typing import Final, NamedTuple

from contracts.facts import Fact, Facts, SheetKey, counting, encode
from contracts.kinds import Family
from streams.cadence import Cadence
from streams.frameworks import Framework, as_of
from streams.window import Calendar

LEAVE_DAYS: Final = 14
"""Days for which a teacher who left a group still sees it (R6.4)."""
TEACHING: Final = ("teacher", "pedagogue")
WHOLE: Final = frozenset({"class", "year"})
"""The kinds of groups that management sees."""
HOME: Final = frozenset({"home_class_teacher", "teachers"})
OTHER: Final = frozenset({"teachers"})
"""What a teacher of the home class and another are to a pupil."""


@dataclass(frozen=True, slots=True)
class Group:
    id: str
    institution: str
    source_id: str
    name: str
    kind: str
    grade: int | None
    subject: str


class Member(NamedTuple):
    """leading: the identity that the membership is said of. first, last: inclusive local dates."""

    leading: str
    institution: str
    group: str
    kind: str
    role: str
    first: date
    last: date

    def on(self, day: date) -> bool:
        return self.first <= day <= self.last


def shapes(key: SheetKey) -> bool:
    """Whether a sheet says who belongs where, when a school has school days, or which goals are in force there: all that a `Part` is of."""
    return key.family in (Family.ROSTER, Family.SOURCE) or (key.family == Family.CURRICULUM and not key.period)


@dataclass(frozen=True)
class Part:
    """One institution's roster. named: (leading identity, identity, pupil). linked: (identity that a roster names, supplier's identity).
    sources: see `_pupils_by_source`. cadences: source -> when it says that it delivers."""

    institution: str
    calendar: Calendar
    groups: tuple[Group, ...]
    members: tuple[Member, ...]
    named: tuple[tuple[str, str, str], ...]
    linked: tuple[tuple[str, str], ...]
    sources: Mapping[tuple[str, str], frozenset[str]]
    cadences: Mapping[str, Cadence] = field(default_factory=dict)
    frameworks: tuple[Framework, ...] = ()

    @classmethod
    def of(cls, institution: str, sheets: Iterable[tuple[SheetKey, Facts]]) -> "Part":
        """From the institution's roster and source sheets, and that of its curriculum."""
        kept = list(sheets)
        newest = snapshots(facts for _, facts in kept)
        told = [(key.subject, fact) for key, facts in kept for fact in counting(_standing(facts, newest))]
        by_kind: dict[str, list[tuple[str, Fact]]] = defaultdict(list)
        for subject, fact in told:
            by_kind[fact.kind].append((subject, fact))
        identities = by_kind["roster.identity"]
        return cls(
            institution,
            Calendar({date.fromisoformat(f.content["date"]): f.content["school_day"] for _, f in by_kind["roster.calendar_day"]}),
            tuple(_group(institution, subject, fact) for subject, fact in by_kind["roster.group"]),
            tuple(_member(institution, subject, fact) for subject, fact in by_kind["roster.membership"]),
            tuple((subject, f.content["identity"], f.content["person"]) for subject, f in identities if f.content["basis"] == "roster"),
            tuple((subject, f.content["identity"]) for subject, f in identities if f.content["basis"] == "link"),
            _pupils_by_source(by_kind["roster.membership"]),
            {fact.content["source"]: Cadence.of(fact.content) for _, fact in by_kind["source.cadence"]},
            tuple(Framework.of(fact) for _, fact in by_kind["curriculum.framework"]),
        )


def _pupils_by_source(memberships: Iterable[tuple[str, Fact]]) -> dict[tuple[str, str], frozenset[str]]:
    """(supplier, channel) -> the leading identities that it names as pupils."""
    pupils: dict[tuple[str, str], set[str]] = defaultdict(set)
    for subject, fact in memberships:
        if fact.content["role"] == "pupil":
            pupils[fact.supplier, fact.channel].add(subject)
    return {source: frozenset(named) for source, named in pupils.items()}


def snapshots(all_facts: Iterable[Facts]) -> dict[tuple[str, str], int]:
    """(supplier, scope) -> the order of its newest complete file."""
    newest: dict[tuple[str, str], int] = {}
    for facts in all_facts:
        for fact in counting({kind: keyed for kind, keyed in facts.items() if kind == "source.snapshot"}):
            source = (fact.supplier, fact.content["scope"])
            newest[source] = max(fact.order, newest.get(source, fact.order))
    return newest


def _standing(facts: Facts, newest: Mapping[tuple[str, str], int]) -> Facts:
    """Without the reports that their source's newest complete file no longer holds."""
    return {
        kind: {
            key: {
                name: report
                for name, report in reports.items()
                if report.order >= newest.get((report.supplier, report.channel), report.order)
            }
            for key, reports in keyed.items()
        }
        for kind, keyed in facts.items()
    }


def _group(institution: str, subject: str, fact: Fact) -> Group:
    told = fact.content
    return Group(subject, institution, told["source_id"], told["name"], told["kind"], told.get("grade_level"), told["subject_code"])


def _member(institution: str, subject: str, fact: Fact) -> Member:
    told = fact.content
    first, last = told.get("valid_from"), told.get("valid_to")
    return Member(
        subject, institution, intern(told["group_id"]), intern(told["group_kind"]), intern(told["role"]),
        _day(first) if first else date.min, _day(last) if last else date.max,
    )  # fmt: skip


_day = lru_cache(maxsize=1_024)(date.fromisoformat)
"""The dates of a roster are few and said of many."""


def _with(some: tuple[str, ...], *others: str) -> tuple[str, ...]:
    return some + tuple(one for one in others if one not in some)


class Roster:
    """The hub's roster: its parts together."""

    def __init__(self, parts: Iterable[Part]) -> None:
        self.parts = {part.institution: part for part in parts}
        self.groups = {group.id: group for part in self.parts.values() for group in part.groups}
        self._person = {leading: person for part in self.parts.values() for leading, _, person in part.named}

    @cached_property
    def _rostered(self) -> dict[str, tuple[str, ...]]:
        """identity -> the persons whom roster rows name by it. Nearly always one, for whom a set would take four times the memory."""
        rostered: dict[str, tuple[str, ...]] = {}
        for part in self.parts.values():
            for _, identity, person in part.named:
                rostered[identity] = _with(rostered.get(identity, ()), person)
        return rostered

    @cached_property
    def _claims(self) -> dict[str, tuple[str, ...]]:
        """identity -> the pupils that claim it: as the rosters name it; by links only where no roster does.

        A link counts where its own institution's roster names its target, so a school's file says nothing of another school's pupils.
        """
        claims = dict(self._rostered)
        for part in self.parts.values():
            here = {identity for _, identity, _ in part.named}
            for target, identity in part.linked:
                if target in here and identity not in self._rostered:
                    claims[identity] = _with(claims.get(identity, ()), *self._rostered[target])
        return claims

    @cached_property
    def identities(self) -> dict[str, tuple[str, ...]]:
        """pupil -> the identities that are theirs alone, sorted."""
        owned: dict[str, tuple[str, ...]] = {}
        for identity, persons in self._claims.items():
            if len(persons) == 1:
                owned[persons[0]] = tuple(sorted((*owned.get(persons[0], ()), identity)))
        return owned

    @cached_property
    def disputed(self) -> frozenset[str]:
        """Identities that two pupils claim."""
        return frozenset(identity for identity, persons in self._claims.items() if len(persons) > 1)

    @cached_property
    def known(self) -> frozenset[str]:
        """All identities that belong to somebody."""
        return frozenset(identity for identities in self.identities.values() for identity in identities)

    @cached_property
    def members(self) -> dict[str, list[Member]]:
        """group -> its memberships, of every role and time."""
        by_group: dict[str, list[Member]] = defaultdict(list)
        for part in self.parts.values():
            for member in part.members:
                by_group[member.group].append(member)
        return by_group

    @cached_property
    def memberships(self) -> dict[str, list[Member]]:
        """person -> where they are and were, in every role; sorted, so that of two home classes on one date the same is always taken."""
        by_person: dict[str, list[Member]] = defaultdict(list)
        for part in self.parts.values():
            for member in part.members:
                by_person[self.person(member.leading)].append(member)
        return {person: sorted(members, key=lambda member: (member.institution, member.group)) for person, members in by_person.items()}

    def person(self, leading: str) -> str:
        """The pupil (or teacher) of a leading identity; one whom no identity row names stands for himself."""
        return self._person.get(leading, leading)

    def owner(self, identity: str) -> str | None:
        """The person whose identity it is, if it is one person's."""
        persons = self._claims.get(identity, ())
        return persons[0] if len(persons) == 1 else None

    def named(self, identity: str) -> str | None:
        """The person whom roster rows alone name by it, if it is one: a link says whose facts they are, never who is reading."""
        persons = self._rostered.get(identity, ())
        return persons[0] if len(persons) == 1 else None

    def pupils(self, group: str, day: date) -> list[str]:
        """The pupils of a group on a date, sorted."""
        return sorted({self.person(member.leading) for member in self.members[group] if member.role == "pupil" and member.on(day)})

    def enrolled(self, pupil: str) -> dict[str, list[tuple[date, date]]]:
        """institution -> the periods in which the pupil is in a group there."""
        periods: dict[str, list[tuple[date, date]]] = defaultdict(list)
        for member in self.memberships.get(pupil, []):
            if member.role == "pupil":
                periods[member.institution].append((member.first, member.last))
        return periods

    def groups_of(self, pupil: str) -> list[str]:
        """Those that the pupil is, was or will be in, sorted."""
        return sorted({member.group for member in self.memberships.get(pupil, []) if member.role == "pupil"})

    def is_in(self, pupil: str, group: str, day: date) -> bool:
        return any(m.group == group and m.role == "pupil" and m.on(day) for m in self.memberships.get(pupil, []))

    def grade(self, pupil: str, day: date) -> int | None:
        """By the home class of that date."""
        for member in self.memberships.get(pupil, []):
            group = self.groups.get(member.group)
            if group and member.role == "pupil" and member.kind == "class" and member.on(day):
                return group.grade
        return None

    def home(self, pupil: str, day: date) -> str | None:
        """The institution of the home class; else of any group."""
        now = sorted((m.kind != "class", m.institution) for m in self.memberships.get(pupil, []) if m.role == "pupil" and m.on(day))
        return now[0][1] if now else None

    def framework(self, pupil: str, framework: str, day: date) -> Framework | None:
        """As the school of the pupil's home class tells of it."""
        return self.framework_at(self.home(pupil, day) or "", framework, day)

    def framework_at(self, institution: str, framework: str, day: date) -> Framework | None:
        part = self.parts.get(institution)
        return as_of(part.frameworks, framework, day) if part else None

    def facet(self, pupil: str) -> bytes:
        """All that the roster says of whose a pupil's facts are and where they count; equal for equal rosters."""
        members = self.memberships.get(pupil, [])
        grades = [group.grade if (group := self.groups.get(member.group)) else None for member in members]
        return encode([sorted(self.identities.get(pupil, ())), members, grades])

    def calendar(self, institution: str) -> Calendar:
        part = self.parts.get(institution)
        return part.calendar if part else Calendar()


@dataclass(frozen=True)
class Relation:
    """Whom a reader may see (R6.1): groups taught -> the subjects seen there, None for all; pupils likewise. audience: pupil -> what the
    reader is to them, in the words in which a check-in tells a child who will see the answers (`SelfReport.visibility`). counted: pupils
    who are told of many together, and not seen."""

    groups: Mapping[str, frozenset[str] | None]
    pupils: Mapping[str, frozenset[str] | None]
    audience: Mapping[str, frozenset[str]] = field(default_factory=dict)
    counted: frozenset[str] = frozenset()

    @property
    def together(self) -> "Relation":
        """For what is told of many together: with those who are counted."""
        return replace(self, pupils={**dict.fromkeys(self.counted), **self.pupils})

    @classmethod
    def teacher(cls, roster: Roster, identity: str, today: date) -> "Relation":
        """Home-class teachers see all subjects, others that of their hold; up to 14 days after they left."""
        person = roster.named(identity) or identity
        groups: dict[str, frozenset[str] | None] = {}
        pupils: dict[str, frozenset[str] | None] = {}
        for member in roster.memberships.get(person, []):
            group = roster.groups.get(member.group)
            if group is None or member.role not in TEACHING or not _teaches(member, today):
                continue
            sees = None if group.kind == "class" else frozenset({group.subject})
            groups[group.id] = _wider(groups.get(group.id, frozenset()), sees)
            for pupil in roster.pupils(group.id, today):
                pupils[pupil] = _wider(pupils.get(pupil, frozenset()), sees)
        return cls(groups, pupils, {pupil: HOME if sees is None else OTHER for pupil, sees in pupils.items()})

    @classmethod
    def management(cls, roster: Roster, institutions: Collection[str], today: date) -> "Relation":
        """The classes and years of these schools that have pupils today, and no pupil (R6.2). Teaching groups are left out: one differs
        from its class by a pupil or two, and would tell of them (R7.3)."""
        groups = [one for one in roster.groups.values() if one.institution in institutions and one.kind in WHOLE]
        pupils = {group.id: roster.pupils(group.id, today) for group in groups}
        return cls({group: None for group, members in pupils.items() if members}, {}, counted=frozenset().union(*pupils.values()))

    @classmethod
    def pupil(cls, person: str) -> "Relation":
        """A pupil sees what is said of themselves."""
        return cls({}, {person: None}, {person: frozenset({"pupil"})})


def _teaches(member: Member, today: date) -> bool:
    left = member.last if member.last == date.max else member.last + timedelta(days=LEAVE_DAYS)
    return member.first <= today <= left


def _wider(one: frozenset[str] | None, other: frozenset[str] | None) -> frozenset[str] | None:
    return None if one is None or other is None else one | other
