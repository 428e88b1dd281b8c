"""The read API as routes, from what each view declares."""

from collections.abc import Sequence

from fastapi import APIRouter, Depends

from services.serve.asking import Reading, View
from services.turns import Turns


def routes(reading: Reading, views: Sequence[View], turns: Turns) -> APIRouter:
    router = APIRouter(tags=["read"], dependencies=[Depends(turns.viewing)])
    for view in views:
        router.add_api_route(view.path, view.endpoint(reading), methods=[view.method], name=view.name)
    return router
