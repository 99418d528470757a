"""Refusals that only the door knows."""

from services.chassis.edge.problems import status_of
from services.chassis.kernel.refusals import Malformed, Refusal, TooLarge


class SlowBody(Refusal):
    """The sender stalled; the connection is wanted for somebody else."""

    code = "slow-body"
    title = "上传过慢"


class Ambiguous(Malformed):
    """Two readers could understand this request differently, so nobody reads it."""

    code = "ambiguous-request"
    title = "请求格式有歧义"


class HeadersTooLarge(TooLarge):
    code = "headers-too-large"
    title = "请求头过大"


class AddressTooLong(TooLarge):
    code = "address-too-long"
    title = "网址过长"


class Broken(Refusal):
    """Our own fault; the details stand in the log under the request id."""

    code = "internal-error"
    title = "系统出错"


STATUS: dict[type[Refusal], int] = {
    SlowBody: 408,
    AddressTooLong: 414,
    HeadersTooLarge: 431,
    Broken: 500,
}


def http_status(refusal: Refusal) -> int:
    """The status of any refusal, the gateway's own included."""
    return STATUS.get(type(refusal)) or status_of(refusal)
