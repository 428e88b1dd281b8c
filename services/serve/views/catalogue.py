"""The catalogue: what is computed on pupils, in words and figures; open to everybody (R8.1, R10)."""

from collections.abc import Awaitable, Callable

from fastapi import Response

from services.serve.asking import Reading, View, encode
from services.serve.shapes import definition


def endpoint(reading: Reading) -> Callable[..., Awaitable[Response]]:
    async def catalogue() -> Response:
        """Every indicator: definition, formula, window, version, texts in Danish and English."""
        return Response(encode({"indicators": [definition(one) for one in reading.indicators]}), media_type="application/json")

    return catalogue


VIEW = View("catalogue", "GET", "/v1/indicators", endpoint, persons=False)
