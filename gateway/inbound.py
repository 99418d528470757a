"""What somebody at the door asks for, read once and strictly.

Anything that the next reader could understand in another way is refused here: two lengths, a
host that is not ours, dots and slashes hidden in a path.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any
from urllib.parse import unquote_to_bytes

from gateway.clients import Client, Signed
from gateway.limits import Reading
from gateway.refusals import AddressTooLong, Ambiguous, HeadersTooLarge
from services.chassis.edge.redaction import looks_personal
from services.chassis.edge.tracing import continue_trace
from services.chassis.kernel.ids import new_id
from services.chassis.kernel.refusals import Malformed, UnsupportedMedia

MAX_PATH = 2048
MAX_QUERY = 8192
MAX_HEADERS = 100
MAX_HEADER_BYTES = 32 * 1024
SANE_ID = re.compile(rb"[A-Za-z0-9-]{16,64}")
SUSPECT_PATH = re.compile(r"//|\\|[\x00-\x20\x7f]|%2f|%5c|%(?![0-9a-f]{2})|%[01]|%7f", re.I)
ONCE = {
    b"host", b"content-length", b"transfer-encoding", b"content-type", b"content-encoding",
    b"authorization", b"x-client-assertion", b"x-forwarded-for", b"x-request-id", b"expect",
    b"if-match", b"idempotency-key", b"traceparent", b"upgrade", b"x-deadline-ms",
}  # fmt: skip
PROXY_SIGNS = (b"x-forwarded-for", b"forwarded", b"x-real-ip", b"via", b"x-forwarded-host")


@dataclass(slots=True)
class Call:
    """One request; ``address`` is the person's, ``peer`` whoever holds the other end."""

    method: str
    path: str
    query: bytes
    headers: dict[bytes, bytes]
    peer: str
    address: str
    request_id: str
    traceparent: str
    has_body: bool
    length: int | None
    client: str | None = None
    inner_deadline: int | None = None
    # Of another system: its signature, its terms, and what it holds until it is answered.
    signed: Signed | None = None
    partner: Client | None = None
    holds_place: bool = False
    held_bytes: int = 0
    readings: list[Reading] = field(default_factory=list)

    def header(self, name: bytes) -> str:
        """A header's value, or nothing."""
        return self.headers.get(name, b"").decode("latin-1")

    def wants_page(self) -> bool:
        """Whether a person's browser waits for this answer."""
        return "text/html" in self.header(b"accept") or b"hx-request" in self.headers


class Doorway:
    """Knows our names and whose word about addresses is taken."""

    def __init__(self, hosts: Iterable[str], trusted_proxies: Iterable[str]) -> None:
        self._hosts = {host.lower() for host in hosts} | {"localhost", "127.0.0.1", "[::1]"}
        self._proxies = [ip_network(network) for network in trusted_proxies]

    def read(self, scope: Any, request_id: str) -> Call:
        """The call, or the reason why nobody should try to understand it."""
        headers = _headers(scope["headers"])
        length, has_body = _framing(scope["method"], headers)
        self._check_host(headers)
        path = _path(scope)
        peer = (scope.get("client") or ("", 0))[0]
        return Call(
            method=scope["method"],
            path=path,
            query=_query(scope["query_string"]),
            headers=headers,
            peer=peer,
            address=self._address(peer, headers),
            request_id=request_id,
            traceparent=continue_trace(headers.get(b"traceparent", b"").decode("latin-1")).header,
            has_body=has_body,
            length=length,
        )

    def _check_host(self, headers: dict[bytes, bytes]) -> None:
        host = headers.get(b"host", b"").decode("latin-1").lower()
        name = re.sub(r":\d{1,5}$", "", host)
        if name not in self._hosts and host not in self._hosts:
            raise Malformed("请求中的主机名不是本平台的地址，请使用公布的网址访问。")

    def _address(self, peer: str, headers: dict[bytes, bytes]) -> str:
        address = peer
        hops = headers.get(b"x-forwarded-for", b"").decode("latin-1").split(",")
        while hops and self._is_proxy(address):
            claimed = sane_address(hops.pop().strip())
            if not claimed:
                break
            address = claimed
        return address

    def _is_proxy(self, address: str) -> bool:
        return bool(self._proxies) and _inside(address, self._proxies)


def came_straight(call: Call) -> bool:
    """Whether the caller sits on this machine and no proxy spoke for somebody else."""
    if any(sign in call.headers for sign in PROXY_SIGNS):
        return False
    address = sane_address(call.peer)
    return bool(address) and ip_address(address).is_loopback


def request_id_of(headers: Iterable[tuple[bytes, bytes]]) -> str:
    """The caller's request id if it is sane and nobody's number, else a fresh one."""
    given = [value for name, value in headers if name == b"x-request-id"]
    if len(given) == 1 and SANE_ID.fullmatch(given[0]):
        text = given[0].decode()
        if not looks_personal(text):
            return text
    return new_id().hex


def sane_address(text: str) -> str:
    """An IP address in its usual spelling, or nothing."""
    try:
        return str(ip_address(text.partition("%")[0]))
    except ValueError:
        return ""


def limited_as(address: str) -> str:
    """What is counted as one address: an IPv6 household has a whole /64."""
    if ":" not in address:
        return address
    return str(ip_network(address + "/64", strict=False).network_address)


def _inside(address: str, networks: list[IPv4Network | IPv6Network]) -> bool:
    sane = sane_address(address)
    return bool(sane) and any(ip_address(sane) in network for network in networks)


def _headers(pairs: list[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    if len(pairs) > MAX_HEADERS or sum(len(n) + len(v) for n, v in pairs) > MAX_HEADER_BYTES:
        raise HeadersTooLarge("请求头过多或过长，请清除浏览器中本站的 Cookie 后重试。")
    found: dict[bytes, bytes] = {}
    for name, value in pairs:
        if name not in found:
            found[name] = value
        elif name in ONCE:
            raise Ambiguous(f"请求头 {name.decode('latin-1')} 出现了多次，只能出现一次。")
        else:
            found[name] += (b"; " if name == b"cookie" else b", ") + value
    return found


def _framing(method: str, headers: dict[bytes, bytes]) -> tuple[int | None, bool]:
    length = headers.get(b"content-length")
    coding = headers.get(b"transfer-encoding")
    if length is not None and coding is not None:
        raise Ambiguous("请求同时给出了 Content-Length 和 Transfer-Encoding，只能使用一种。")
    if coding is not None and coding.lower() != b"chunked":
        raise Ambiguous("只支持 chunked 传输编码。")
    if length is not None and not re.fullmatch(rb"[0-9]{1,15}", length):
        raise Ambiguous("Content-Length 不是有效的数字。")
    if headers.get(b"content-encoding", b"identity").lower() != b"identity":
        raise UnsupportedMedia("请求内容请不要压缩后发送。")
    size = None if length is None else int(length)
    has_body = coding is not None or bool(size)
    if has_body and method in ("GET", "HEAD", "OPTIONS"):
        raise Ambiguous("这种请求不能带内容。")
    return size, has_body


def _path(scope: Any) -> str:
    raw: bytes = scope.get("raw_path") or b""
    target: bytes = scope.get("state", {}).get("target", raw)
    if len(raw) > MAX_PATH:
        raise AddressTooLong("网址过长，请从页面上的链接进入。")
    path = raw.decode("latin-1")
    if not path.startswith("/") or not target.startswith(b"/") or not path.isascii():
        raise Ambiguous("网址格式不正确，请使用公布的网址访问。")
    decoded = unquote_to_bytes(path)
    dots = any(part in (b".", b"..") for part in decoded.split(b"/"))
    if SUSPECT_PATH.search(path) or dots or b"//" in target.partition(b"?")[0]:
        raise Ambiguous("网址中含有不允许的字符或路径，请从页面上的链接进入。")
    try:
        decoded.decode()
    except UnicodeDecodeError as error:
        raise Ambiguous("网址不是有效的 UTF-8 编码。") from error
    return path


def _query(raw: bytes) -> bytes:
    if len(raw) > MAX_QUERY:
        raise AddressTooLong("网址中的查询条件过长，请缩短后重试。")
    if any(byte <= 0x20 or byte >= 0x7F for byte in raw):
        raise Ambiguous("网址中的查询条件含有不允许的字符。")
    return raw
