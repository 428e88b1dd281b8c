"""The hub's clock: the machine's, or one that `FREMGANG_CLOCK` has set (offset and speed)."""

import re
import time
from datetime import datetime

from contracts.dates import SECOND, Micros, micros

FORM = re.compile(r"^(?P<offset>[^@]*)(?:@(?P<speed>\d+(?:\.\d+)?))?$")


class SystemClock:
    """now = start + offset + (machine's time - start) * speed, where start is when this clock was made."""

    def __init__(self, offset: Micros = 0, speed: float = 1.0, at: Micros | None = None) -> None:
        """at: the time that it starts at, in place of an offset."""
        self._start = time.time_ns() // 1_000
        self._offset, self.speed = offset if at is None else at - self._start, speed

    def now(self) -> Micros:
        return self._start + self._offset + round((time.time_ns() // 1_000 - self._start) * self.speed)


def clock(setting: str) -> SystemClock:
    """`-3600`: an hour behind, in seconds. `2021-12-01T12:00:00+01:00`: starts there. Either with `@60`: sixty times as fast; `@0` stands.

    Raises ValueError with what is expected.
    """
    match = FORM.match(setting.strip())
    if match is None:
        raise ValueError("FREMGANG_CLOCK is OFFSET or OFFSET@SPEED, as -3600 or 2021-12-01T12:00:00+01:00@60")
    offset, speed = match["offset"] or "0", float(match["speed"] or 1)
    try:
        return SystemClock(round(float(offset) * SECOND), speed)
    except ValueError:
        start = datetime.fromisoformat(offset)
    if start.tzinfo is None:
        raise ValueError("FREMGANG_CLOCK needs an offset in its instant, as +01:00")
    return SystemClock(speed=speed, at=micros(start))
