"""The public register of what is computed on pupils, to be read by anybody in a browser (R8, R10)."""

from collections.abc import Awaitable, Callable

from fastapi import Request, Response
from fastapi.responses import HTMLResponse

from contracts.dates import local_date
from services.serve.asking import Reading, View
from services.serve.definitions import catalogue
from services.serve.register import HEADERS, Language, page, preferred


def endpoint(reading: Reading) -> Callable[..., Awaitable[Response]]:
    async def register(request: Request, lang: Language | None = None) -> Response:
        """What is computed on pupils and on groups, of what, for how long, and who sees it: a page in Danish or English, by `lang` or
        else by Accept-Language."""
        language = lang or preferred(request.headers.get("accept-language", ""))
        today = reading.on(local_date(reading.clock.now()))
        told = catalogue(today.indicators, today.group_indicators)
        return HTMLResponse(page(told, language), headers={**HEADERS, "Content-Language": language})

    return register


VIEW = View("register", "GET", "/register", endpoint, persons=False)
