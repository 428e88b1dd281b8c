"""The catalogue: what is computed on pupils and on groups, in words and figures; open to everybody (R8.1, R10)."""

from collections.abc import Awaitable, Callable

from fastapi import Response

from contracts.dates import local_date
from services.serve.asking import Reading, View, encode
from services.serve.definitions import catalogue


def endpoint(reading: Reading) -> Callable[..., Awaitable[Response]]:
    async def indicators() -> Response:
        """Every indicator of a pupil and of a group: definition, formula, window, version, what it reads and by what right, texts in
        Danish and English; and what is left out. Its JSON Schema is contracts/schema/indicators.json."""
        today = reading.on(local_date(reading.clock.now()))
        told = catalogue(today.indicators, today.group_indicators)
        return Response(encode(told), media_type="application/json")

    return indicators


VIEW = View("catalogue", "GET", "/v1/indicators", endpoint, persons=False)
