"""The front door: find my union, join, follow, show the card, check a card."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from frontend.csrf import PageRoute
from frontend.render import render

router = APIRouter(route_class=PageRoute)


@router.get("/")
async def show(request: Request) -> Response:
    return render(request, "public/home.html")
