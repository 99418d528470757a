"""Ways a request can be refused, in the language of the domain and without HTTP.

``code`` is public API (it ends the problem's ``type``); ``detail`` is a full Chinese sentence
that says what the person can do next.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong at one place of the input; ``pointer`` is an RFC 6901 JSON pointer."""

    pointer: str
    code: str
    message: str


class Refusal(Exception):
    """Base of every expected "no"; ``context`` becomes extra members of the problem document."""

    code: ClassVar[str] = "refused"
    title: ClassVar[str] = "不能办理"

    def __init__(self, detail: str, **context: object) -> None:
        super().__init__(detail)
        self.detail = detail
        self.context = context


class Malformed(Refusal):
    code = "malformed"
    title = "请求无法读取"


class Unauthenticated(Refusal):
    code = "unauthenticated"
    title = "请先登录"


class Forbidden(Refusal):
    code = "forbidden"
    title = "没有权限"


class NotFound(Refusal):
    code = "not-found"
    title = "没有找到"


class MethodNotAllowed(Refusal):
    code = "method-not-allowed"
    title = "不支持的操作"


class Conflict(Refusal):
    code = "conflict"
    title = "与现状冲突"


class Duplicate(Conflict):
    code = "duplicate"
    title = "已经存在"


class StillRunning(Conflict):
    """The same request is being carried out at this moment."""

    code = "still-running"
    title = "正在办理"

    def __init__(self, detail: str, *, retry_after: int = 2, **context: object) -> None:
        super().__init__(detail, **context)
        self.retry_after = retry_after


class Gone(Refusal):
    code = "gone"
    title = "已经失效"


class Stale(Refusal):
    """The object changed since the caller read it."""

    code = "stale"
    title = "内容已被他人修改"


class TooLarge(Refusal):
    code = "too-large"
    title = "内容过大"


class UnsupportedMedia(Refusal):
    code = "unsupported-media"
    title = "不支持的格式"


class Unprocessable(Refusal):
    """The input was understood and is not acceptable; ``errors`` say where and why."""

    code = "unprocessable"
    title = "填写有误"

    def __init__(self, detail: str, errors: Sequence[FieldError] = (), **context: object) -> None:
        super().__init__(detail, **context)
        self.errors = tuple(errors)


class PreconditionRequired(Refusal):
    code = "precondition-required"
    title = "缺少版本号"


class TooMany(Refusal):
    """A limit was reached; ``retry_after`` is in seconds."""

    code = "too-many-requests"
    title = "操作过于频繁"

    def __init__(self, detail: str, *, retry_after: int, **context: object) -> None:
        super().__init__(detail, **context)
        self.retry_after = retry_after


class Unavailable(Refusal):
    """Something this work needs is down; ``retry_after`` is in seconds."""

    code = "unavailable"
    title = "暂时无法办理"

    def __init__(self, detail: str, *, retry_after: int = 10, **context: object) -> None:
        super().__init__(detail, **context)
        self.retry_after = retry_after


class OutOfTime(Refusal):
    code = "out-of-time"
    title = "等待超时"
