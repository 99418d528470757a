"""Every refusal as a page that says what to do next; a log-in that ended is asked for again."""

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from frontend.render import render, wants_fragment
from frontend.session import log_in_url, visit_of
from services.chassis.edge.problems import refusal_from, status_of
from services.chassis.kernel.refusals import Forbidden, NotFound, Refusal, Unauthenticated

_TITLES = {
    400: "这个请求读不懂",
    401: "登录已结束",
    403: "不能打开这个页面",
    404: "没有找到这个页面",
    405: "不能这样打开这个页面",
    409: "现在不能这样办理",
    410: "这项内容已经失效",
    412: "内容已被他人修改",
    413: "提交的内容太大",
    415: "不支持这种文件",
    422: "填写的内容有误",
    428: "页面已经过时",
    429: "操作太频繁",
    500: "系统出了问题",
    503: "暂时办不了",
    504: "等待超时",
}


def install(app: FastAPI) -> None:
    """Have ``app`` answer each kind of failure with a page."""
    app.add_exception_handler(Refusal, _refused)
    app.add_exception_handler(HTTPException, _not_routed)
    app.add_exception_handler(RequestValidationError, _unreadable)
    app.add_exception_handler(Exception, _broken)


async def _refused(request: Request, error: Exception) -> Response:
    refusal = error if isinstance(error, Refusal) else NotFound("没有找到。")
    if isinstance(refusal, Unauthenticated):
        return _ask_to_log_in(request, refusal)
    if isinstance(refusal, Forbidden) and visit_of(request).is_anonymous and _is_plain_get(request):
        return _ask_to_log_in(request, refusal)
    return _page(request, refusal)


async def _not_routed(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 404
    if status == 404:
        return _page(request, NotFound("网址可能输错了，或者这一页已经移走。"))
    return _page(request, refusal_from(status, {"detail": "请回到上一页，用页面上的按钮办理。"}))


async def _unreadable(request: Request, error: Exception) -> Response:
    return _page(request, NotFound("网址不完整或写错了，请从列表里重新打开。"))


async def _broken(request: Request, error: Exception) -> Response:
    """Starlette raises the error again after this answer; the request log tells of it."""
    said = "不是您的操作有误。请稍后再试；如果一直这样，请把下面的编号告诉管理员。"
    return _page(request, refusal_from(500, {"detail": said}), status=500)


def _ask_to_log_in(request: Request, refusal: Refusal) -> Response:
    url = log_in_url(request)
    if wants_fragment(request):
        return Response(status_code=401, headers={"HX-Redirect": url})
    if _is_plain_get(request):
        return RedirectResponse(url, 303)
    return _page(request, refusal, log_in=url)


def _page(
    request: Request, refusal: Refusal, *, status: int | None = None, log_in: str = ""
) -> Response:
    code = status or status_of(refusal)
    wait = getattr(refusal, "retry_after", None)
    response = render(
        request,
        "errors/error.html",
        fragment="errors/_alert.html",
        status=code,
        title=_TITLES.get(code, refusal.title),
        detail=refusal.detail,
        wait=wait,
        request_id=visit_of(request).request_id if code >= 500 else "",
        log_in=log_in,
    )
    if wait is not None:
        response.headers["retry-after"] = str(wait)
    if wants_fragment(request):
        # A whole error page would land in a table cell; the alert has a place of its own.
        response.headers["hx-retarget"] = "#alert"
        response.headers["hx-reswap"] = "innerHTML"
    return response


def _is_plain_get(request: Request) -> bool:
    return request.method in {"GET", "HEAD"}
