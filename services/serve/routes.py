"""The read API as routes, from what each view declares."""

from collections.abc import Sequence

from fastapi import APIRouter, Depends

from services.serve.asking import Reading, View
from services.turns import Turns


def routes(reading: Reading, views: Sequence[View], turns: Turns) -> APIRouter:
    """A view is over when it has its answer: one that goes on telling, as a stream does, keeps nobody waiting meanwhile."""
    router = APIRouter(tags=["read"], dependencies=[Depends(turns.viewing, scope="function")])
    for view in views:
        router.add_api_route(view.path, view.endpoint(reading), methods=[view.method], name=view.name)
    return router
