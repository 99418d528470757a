"""Refusals that only the door knows."""

from services.chassis.edge.problems import status_of
from services.chassis.kernel.refusals import (
    Forbidden,
    Malformed,
    Refusal,
    TooLarge,
    Unauthenticated,
)


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


class SignatureRefused(Unauthenticated):
    """Whatever was wrong with a signed request: one answer; ``why`` is for the audit only."""

    code = "signature-refused"
    title = "签名没有通过验证"

    def __init__(self, rule: str, client: str = "") -> None:
        super().__init__(
            "请求的签名没有通过验证。请核对密钥、签名范围、时间和一次性编号，重新签名后再发送。"
        )
        self.why = f"{rule} {client}".strip()


class AddressRefused(Forbidden):
    """A client's token shows up where the client does not live."""

    code = "address-refused"
    title = "来源地址不在允许范围内"

    def __init__(self) -> None:
        super().__init__("请求来自登记以外的地址。请从登记的出口地址调用，或联系平台管理员修改。")


STATUS: dict[type[Refusal], int] = {
    SlowBody: 408,
    AddressTooLong: 414,
    HeadersTooLarge: 431,
    Broken: 500,
}


def http_status(refusal: Refusal) -> int:
    """The status of any refusal, the gateway's own included."""
    return STATUS.get(type(refusal)) or status_of(refusal)
