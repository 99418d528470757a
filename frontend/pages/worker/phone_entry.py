"""A phone number, then the code sent to it: how a worker is let in, here or on the way to join."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from frontend.clients.identity import Identity, IdentityApi
from frontend.csrf import PageRoute
from frontend.forms.form import Form
from frontend.forms.join import CODE, PHONE
from frontend.render import redirect, render
from frontend.sealed import drop_sealed, keep_sealed, read_sealed
from frontend.session import AnyVisit, begin, own_path
from services.chassis.kernel.actors import Kind
from services.chassis.kernel.identifiers import InvalidIdentifier, parse_mobile
from services.chassis.kernel.masking import mask_mobile
from services.chassis.kernel.refusals import Forbidden, TooMany, Unauthenticated, Unprocessable

COOKIE = "__Host-phone"
NO_PHONE = "请先填写手机号。"


@dataclass(frozen=True, slots=True)
class Door:
    """One of the doors: its address, its two screens, and where it leads."""

    url: str
    page: str
    code_page: str
    onward: Callable[[Request, str], str]

    def router(self) -> APIRouter:
        """The routes of both screens."""
        router = APIRouter(route_class=PageRoute)
        router.add_api_route(self.url, self.ask_phone, methods=["GET"])
        router.add_api_route(self.url, self.send_code, methods=["POST"])
        router.add_api_route(f"{self.url}/code", self.ask_code, methods=["GET"])
        router.add_api_route(f"{self.url}/code", self.log_in, methods=["POST"])
        return router

    async def ask_phone(
        self,
        request: Request,
        visit: AnyVisit,
        next: str | None = None,  # noqa: A002  # the name in the address
    ) -> Response:
        target = own_path(next, "")
        if visit.actor.kind is Kind.WORKER:
            return redirect(request, self.onward(request, target))
        return _phone_page(request, self, Form(PHONE).filled(phone=_kept(request)), target)

    async def send_code(self, request: Request, identity: IdentityApi) -> Response:
        data = await request.form()
        form = _checked(Form(PHONE).typed(data))
        target = own_path(str(data.get("next") or ""), "")
        if form.errors:
            return _phone_page(request, self, form, target, 422)
        return await _sent(request, identity, self, form, target)

    async def ask_code(self, request: Request) -> Response:
        phone = _kept(request)
        if not phone:
            return redirect(request, self.url, said=NO_PHONE)
        return _code_page(request, self, Form(CODE), phone)

    async def log_in(self, request: Request, identity: IdentityApi) -> Response:
        phone = _kept(request)
        if not phone:
            return redirect(request, self.url, said=NO_PHONE)
        form = Form(CODE).typed(await request.form())
        if form.errors:
            return _code_page(request, self, form, phone, 422)
        try:
            begun = await identity.log_in_worker(phone, _digits(form.text("code")))
        except (Unauthenticated, Forbidden, Unprocessable, TooMany) as refusal:
            status = 429 if isinstance(refusal, TooMany) else 422
            return _code_page(request, self, form.with_errors(code=refusal.detail), phone, status)
        return _let_in(request, self, begun)


async def _sent(
    request: Request, identity: Identity, door: Door, form: Form, target: str
) -> Response:
    phone = parse_mobile(form.text("phone"))
    try:
        await identity.send_phone_code(phone)
    except TooMany as refusal:
        if _kept(request) == phone:
            return redirect(request, f"{door.url}/code", said=refusal.detail)
        return _phone_page(request, door, form.refused(refusal), target, 429)
    except Unprocessable as refusal:
        return _phone_page(request, door, form.refused(refusal), target, 422)
    response = redirect(request, f"{door.url}/code")
    keep_sealed(request, response, COOKIE, {"phone": phone, "next": target})
    return response


def _let_in(request: Request, door: Door, begun: Any) -> Response:
    target = str(read_sealed(request, COOKIE).get("next", ""))
    response = redirect(request, door.onward(request, target))
    begin(response, begun["session"])
    drop_sealed(response, COOKIE)
    return response


def _kept(request: Request) -> str:
    """The phone that the code was sent to."""
    return str(read_sealed(request, COOKIE).get("phone", ""))


def _checked(form: Form) -> Form:
    """What can be known without asking anybody."""
    if form.errors:
        return form
    try:
        parse_mobile(form.text("phone"))
    except InvalidIdentifier as error:
        return form.with_errors(phone=error.message)
    return form


def _digits(typed: str) -> str:
    return "".join(sign for sign in typed if sign.isdigit())


def _phone_page(
    request: Request, door: Door, form: Form, target: str, status: int = 200
) -> Response:
    return render(request, door.page, status=status, form=form, target=target, url=door.url)


def _code_page(request: Request, door: Door, form: Form, phone: str, status: int = 200) -> Response:
    return render(
        request,
        door.code_page,
        status=status,
        form=form,
        phone=phone,
        masked=mask_mobile(phone),
        url=door.url,
    )
