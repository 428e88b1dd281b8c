"""The catalogue: what is computed on pupils and on groups, in words and figures; open to everybody (R8.1, R10)."""

from collections.abc import Awaitable, Callable

from fastapi import Response

from services.serve.asking import Reading, View, encode
from services.serve.shapes import definition, group_definition


def endpoint(reading: Reading) -> Callable[..., Awaitable[Response]]:
    async def catalogue() -> Response:
        """Every indicator of a pupil and of a group: definition, formula, window, version, texts in Danish and English."""
        of_groups = [group_definition(one, reading.indicators) for one in reading.group_indicators]
        body = {"indicators": [definition(one) for one in reading.indicators], "group_indicators": of_groups}
        return Response(encode(body), media_type="application/json")

    return catalogue


VIEW = View("catalogue", "GET", "/v1/indicators", endpoint, persons=False)
