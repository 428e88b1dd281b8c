"""A class as a whole: what is read of its pupils, put together by each group indicator (T3)."""

from contracts.group_indicator import GroupIndicator
from contracts.indicator import Indicator
from services.serve.asking import Reading, View
from services.serve.grouped import Class, endpoint_of
from services.serve.shapes import Asked, made_of
from streams import reading as r
from streams import summary as s


def summary(seen: Class, asked: Asked, reading: Reading) -> list[s.GroupReading]:
    """Of what the class view shows of the pupils."""
    shown = seen.shown(asked, seen.indicators)
    return [
        told
        for one in asked.of_groups(reading.group_indicators)
        for indicator in made_of(one, seen.indicators)
        for subject in shown[indicator.name]
        for told in _read(one, indicator, subject, seen)
    ]


def _read(one: GroupIndicator, indicator: Indicator, subject: str, seen: Class) -> list[s.GroupReading]:
    """In each of the indicator's windows."""
    by_window = (
        zip(*(pupil.told(indicator, subject) for pupil in seen.pupils), strict=True) if seen.pupils else [()] * len(indicator.windows)
    )
    return [
        s.reading(one, indicator, subject, r.span(seen.windows[name]), told, sees_pupils=seen.sees_pupils)
        for name, told in zip(indicator.windows, by_window, strict=True)
    ]


SAYS = "The pupils who are in the group today, taken together; `subject` and `indicator` narrow it. ETag and 304."

VIEW = View("summary", "GET", "/v1/groups/{group_id}/summary", endpoint_of("summary", SAYS, summary))
