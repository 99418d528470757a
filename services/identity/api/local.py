"""What a demonstration machine shows to itself: phone codes just sent, and one-time codes.

Only mode ``local`` has this router, it answers only on loopback, and nothing routes to it.
"""

from datetime import datetime
from html import escape
from ipaddress import ip_address
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from services.chassis.kernel.refusals import NotFound
from services.chassis.web.depends import CurrentRead, PublicActor
from services.chassis.web.route import UnitRoute
from services.identity.domain.second_factor import STEP
from services.identity.peers.local_codes import LocalCodes
from services.identity.usecases.accounts.show_local_codes import show_local_codes

OWN_NAMES = frozenset({"127.0.0.1", "localhost", "::1"})

PAGE = """<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>本机验证码</title></head>
<body><h1>本机验证码</h1>
<p>仅供本机演示使用，只在本机可以打开。刷新页面可看到最新的验证码。</p>
<h2>手机验证码</h2>
<table><thead><tr><th>手机号</th><th>验证码</th><th>发送时间</th></tr></thead>
<tbody>{phones}</tbody></table>
<h2>演示账号的动态码</h2>
<p>每 {step} 秒更换一次，每个动态码只能使用一次。</p>
<table><thead><tr><th>账号</th><th>姓名</th><th>动态码</th></tr></thead>
<tbody>{accounts}</tbody></table>
</body></html>"""


async def only_here(request: Request) -> None:
    """Neither another machine, nor a page of another site under a borrowed name, nor a proxy."""
    client = request.client.host if request.client else ""
    forwarded = "x-forwarded-for" in request.headers or "forwarded" in request.headers
    if forwarded or request.url.hostname not in OWN_NAMES or not _is_loopback(client):
        raise NotFound("没有这个地址，请核对后重试。")


def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False


async def gather(
    request: Request, actor: PublicActor, read: CurrentRead
) -> dict[str, list[dict[str, Any]]]:
    sender: LocalCodes = request.app.state.code_sender
    phones = [
        {"phone": one.phone, "code": one.code, "sent_at": one.sent_at} for one in sender.shown()
    ]
    return {"phone_codes": phones, "totp_codes": await show_local_codes(read)}


router = APIRouter(
    prefix="/local",
    include_in_schema=False,
    route_class=UnitRoute,
    dependencies=[Depends(only_here)],
)
Gathered = Annotated[dict[str, list[dict[str, Any]]], Depends(gather)]


@router.get("/codes.json")
async def as_json(codes: Gathered) -> dict[str, list[dict[str, Any]]]:
    return codes


@router.get("/codes")
async def as_page(codes: Gathered) -> HTMLResponse:
    phones = _lines(codes["phone_codes"], "phone", "code", "sent_at")
    accounts = _lines(codes["totp_codes"], "account", "name", "code")
    body = PAGE.format(phones=phones, accounts=accounts, step=STEP)
    return HTMLResponse(body, headers={"cache-control": "no-store"})


def _lines(rows: list[dict[str, Any]], *columns: str) -> str:
    cells = ("".join(f"<td>{escape(_text(row[c]))}</td>" for c in columns) for row in rows)
    return "".join(f"<tr>{line}</tr>" for line in cells)


def _text(value: Any) -> str:
    return f"{value:%H:%M:%S}" if isinstance(value, datetime) else str(value)
