"""What a class view keeps of a pupil, so that it computes only what is new (design 4.4, 5).

Most of a window is over: what was measured before today is put together once (`Past`), and changes only with a late report. What may change
at any moment is what was measured of today and of school years (`Live`). What a pupil's readings of one indicator and subject say is what
they said before, as long as their live part is the same. Nothing is decided here: it is `streams.reading`'s answers of the same days.
"""

import hashlib
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Final

import msgspec
from msgspec import Raw, Struct

from contracts.indicator import Given, Indicator, Member, Window, WindowName
from streams.reading import Day, Frameworks, Reading, Told, codes, gathered, in_window, shown, span, told, untold
from streams.sheet import Measured, Summaries, combine, dated
from streams.sheet import encode as encode_summaries

Windows = Mapping[WindowName, Window]
Past = dict[str, dict[str, list[Measured]]]
"""Indicator key -> subject ("" for what has none and belongs to each) -> what was measured before today, in each of the windows."""
Entries = dict[str, dict[str, Raw]]
"""A sheet's summaries with each entry left in its canonical JSON."""


Dated = list[tuple[date, bytes]]


class Live:
    """What was measured of a pupil, or of a group, of today and of school years. entries: (indicator key, subject) -> the local date and
    the entry. groups: of a pupil the groups that they are or were in; each is one for all its pupils."""

    def __init__(self, groups: "Mapping[str, Live] | None" = None) -> None:
        self.entries: dict[tuple[str, str], Dated] = {}
        self.groups = groups or {}
        self._marks: dict[tuple[str, str], bytes] = {}
        self._together: dict[tuple[str, str, WindowName], list[Measured]] = {}

    def add(self, period: str, entries: Entries, counts: Callable[[str, date], bool]) -> None:
        """counts: whether what an indicator's key has of a date counts."""
        for key, by_code in entries.items():
            for code, entry in by_code.items():
                day, subject = dated(period, code)
                if counts(key, day):
                    self.entries.setdefault((key, subject), []).append((day, bytes(entry)))

    def of(self, key: str, subject: str) -> Dated:
        return [one for code in codes(subject) for one in self.entries.get((key, code), ())]

    def together(self, indicator: Indicator, subject: str, window: Window) -> list[Measured]:
        """What was measured in a window as one, or nothing; of a group it is put together once for all its pupils."""
        place = (indicator.key, subject, window.name)
        if place not in self._together:
            known = in_window(indicator, window, _opened(self.of(indicator.key, subject)))
            self._together[place] = [combine(indicator, known)] if known else []
        return self._together[place]

    def mark(self, indicator: Indicator, subject: str) -> bytes:
        """Equal for equal live parts, in whatever order they come."""
        place = (indicator.key, subject)
        if place not in self._marks:
            groups = {group: live.mark(indicator, subject) for group, live in self.groups.items()} if indicator.of_groups else {}
            self._marks[place] = _mark(self.of(*place), groups)
        return self._marks[place]


class Kept(Struct, array_like=True):
    """past: a `Past`, packed: it is opened only where something is to be read anew. subjects: indicator key -> those of the past.
    told: indicator key -> subject -> a mark of the live part that it is of, and what is told in each of the indicator's windows.
    change: of the store when the sheets before today were looked at. stamp: sheets with a greater one may not have been seen then."""

    change: int
    stamp: int
    past: bytes
    subjects: dict[str, list[str]]
    told: dict[str, dict[str, tuple[bytes, list[Told]]]]


encode: Callable[[Kept], bytes] = msgspec.msgpack.Encoder().encode
decode: Callable[[bytes], Kept] = msgspec.msgpack.Decoder(Kept).decode
_pack: Callable[[Past], bytes] = msgspec.msgpack.Encoder().encode
_unpack: Callable[[bytes], dict[str, dict[str, Raw]]] = msgspec.msgpack.Decoder(dict[str, dict[str, Raw]]).decode
"""A `Past` of which only what is read is taken apart."""
_by_windows: Callable[[Raw], list[Measured]] = msgspec.msgpack.Decoder(list[Measured]).decode
decode_entries: Callable[[bytes], Entries] = msgspec.json.Decoder(Entries).decode
_measured: Callable[[bytes], Measured] = msgspec.json.Decoder(Measured).decode
_MARK_BYTES: Final = 12
_QUICK: Final = 1


def kept_of(days: Iterable[Day], indicators: Sequence[Indicator], windows: Windows, change: int, stamp: int) -> Kept:
    """days: those before today."""
    found: dict[str, dict[str, list[tuple[date, Measured]]]] = {}
    for day in days:
        for key, by_code in day.summaries.items():
            for code, measured in by_code.items():
                found.setdefault(key, {}).setdefault(code, []).append((day.date, measured))
    past = {one.key: {code: _by_window(one, given, windows) for code, given in found.get(one.key, {}).items()} for one in indicators}
    return Kept(change, stamp, zlib.compress(_pack(past), _QUICK), {key: sorted(by_code) for key, by_code in past.items() if by_code}, {})


def packed(summaries: Summaries) -> Entries:
    return decode_entries(encode_summaries(summaries))


def _by_window(indicator: Indicator, days: Sequence[tuple[date, Measured]], windows: Windows) -> list[Measured]:
    those = (windows[name] for name in indicator.windows)
    return [combine(indicator, [measured for day, measured in days if one.first <= day < one.last]) for one in those]


class Remembering:
    """One pupil's view: what was kept of the pupil, what is live, and what has to be read anew of the two. changed: whether `kept` was."""

    def __init__(
        self, pupil: str, kept: Kept, live: Live, windows: Windows, grade: Callable[[date], int | None], member: Member,
        frameworks: Frameworks = untold,
    ) -> None:  # fmt: skip
        self.pupil, self.kept, self._live, self._windows, self._grade, self._member = pupil, kept, live, windows, grade, member
        self._frameworks = cache(frameworks)
        self._spans = {name: span(window) for name, window in windows.items()}
        self.changed = False
        self._opened: Mapping[str, Mapping[str, Raw]] | None = None
        self._given: dict[tuple[str, str], list[Given]] = {}
        self._subjects = {key: set(subjects) for key, subjects in kept.subjects.items()}
        for one in (live, *live.groups.values()):
            for key, subject in one.entries:
                self._subjects.setdefault(key, set()).add(subject)

    def readings(self, places: Iterable[tuple[Indicator, str]]) -> list[Reading]:
        """places: indicator and school subject; "" where it has none."""
        return [
            shown(self.pupil, indicator, subject, self._spans[name], given, self._frameworks)
            for indicator, subject in places
            for name, given in zip(indicator.windows, self.told(indicator, subject), strict=True)
        ]

    def subjects(self, indicator: Indicator) -> set[str]:
        """The school subjects in which the pupil has anything of the indicator."""
        return self._subjects.get(indicator.key, set()) - {""}

    def told(self, indicator: Indicator, subject: str) -> list[Told]:
        """In each of the indicator's windows. What is asked of a subject in which there is nothing is not kept: one may ask anything."""
        if subject and subject not in self.subjects(indicator):
            return self._read(indicator, subject)
        mark = self._live.mark(indicator, subject)
        by_subject = self.kept.told.setdefault(indicator.key, {})
        known = by_subject.get(subject)
        if known is None or known[0] != mark:
            known = by_subject[subject] = mark, self._read(indicator, subject)
            self.changed = True
        return known[1]

    def given(self, indicator: Indicator, subject: str) -> list[Given]:
        """What is measured of the pupil in each of the indicator's windows."""
        place = (indicator.key, subject)
        if place not in self._given:
            self._given[place] = [given for given, *_ in self._gathered(indicator, subject)]
        return self._given[place]

    def _read(self, indicator: Indicator, subject: str) -> list[Told]:
        return [
            told(indicator, indicator.read(given), counts, outranked) for given, counts, outranked in self._gathered(indicator, subject)
        ]

    def _gathered(self, indicator: Indicator, subject: str) -> Iterator[tuple[Given, dict[str, int], list[str]]]:
        now = _opened(self._live.of(indicator.key, subject))
        past = self._past.get(indicator.key, {})
        before = [_by_windows(past[code]) for code in codes(subject) if code in past]
        for at, name in enumerate(indicator.windows):
            window = self._windows[name]
            whole = [by_window[at] for by_window in before] + in_window(indicator, window, now)
            today = [one for day, one in now if day == window.last]
            groups = {group: live.together(indicator, subject, window) for group, live in self._live.groups.items()}
            yield gathered(indicator, window, self._grade, whole, today, groups, self._member)

    @property
    def _past(self) -> Mapping[str, Mapping[str, Raw]]:
        if self._opened is None:
            self._opened = _unpack(zlib.decompress(self.kept.past))
        return self._opened


def subjects(recalled: Iterable[Remembering], indicator: Indicator, least: int = 1) -> list[str]:
    """The school subjects in which so many of the pupils have anything of the indicator."""
    found = Counter(subject for one in recalled for subject in one.subjects(indicator))
    return sorted(subject for subject, pupils in found.items() if pupils >= least)


def _opened(live: Iterable[tuple[date, bytes]]) -> list[tuple[date, Measured]]:
    return [(day, _measured(measured)) for day, measured in live]


def _mark(live: Dated, groups: Mapping[str, bytes]) -> bytes:
    """groups: group -> its own mark."""
    said = sorted((group, mark) for group, mark in groups.items() if mark)
    if not live and not said:
        return b""
    parts = [b"%d:%d:%b" % (day.toordinal(), len(measured), measured) for day, measured in sorted(live)]
    parts += [b"%b:%b" % (group.encode(), mark) for group, mark in said]
    return hashlib.blake2b(b"".join(parts), digest_size=_MARK_BYTES).digest()
