"""What somebody at the door asks for, read once and strictly.

Anything that the next reader could understand in another way is refused here: two lengths, a
host that is not ours, dots and slashes hidden in a path.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from random import getrandbits
from urllib.parse import unquote_to_bytes

import uuid_utils

from gateway.clients import Client, Signed
from gateway.credentials import Credential
from gateway.heads import Head
from gateway.limits import Reading
from gateway.refusals import AddressTooLong, Ambiguous, HeadersTooLarge
from services.chassis.edge.redaction import looks_personal
from services.chassis.edge.tracing import continue_trace
from services.chassis.kernel.refusals import Malformed, UnsupportedMedia

MAX_PATH = 2048
MAX_QUERY = 8192
MAX_HEADERS = 100
MAX_HEADER_BYTES = 32 * 1024
KNOWN_HOSTS = 64
LIVENESS = b"/livez"
SANE_ID = re.compile(rb"[A-Za-z0-9-]{16,64}")
SUSPECT_PATH = re.compile(r"//|\\|[\x00-\x20\x7f#]|%2f|%5c|%(?![0-9a-f]{2})|%[01]|%7f", re.I)
# What nobody can read in two ways, and nearly every path is: no escapes, no dots in front.
PLAIN_PATH = re.compile(rb"(?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+/?|/")
ODD_IN_QUERY = re.compile(rb"[^\x21-\x22\x24-\x7e]")
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
    person: Credential | None = None
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
        self._known: set[bytes] = set()

    def read(self, head: Head, request_id: str) -> Call:
        """The call, or the reason why nobody should try to understand it."""
        headers = head.fields
        _check_size(head)
        length, has_body = _framing(head)
        raw, _, query = head.target.partition(b"?")
        # Probes call a process by any name, so the host is not looked at there.
        if headers.get(b"host") not in self._known and raw != LIVENESS:
            self._check_host(headers.get(b"host", b""))
        path = raw.decode() if PLAIN_PATH.fullmatch(raw) and len(raw) <= MAX_PATH else _path(raw)
        given = headers.get(b"traceparent")
        return Call(
            head.method,
            path,
            _query(query) if query else b"",
            headers,
            head.peer,
            self._address(head.peer, headers) if self._proxies else head.peer,
            request_id,
            continue_trace(given.decode("latin-1")).header if given else _new_trace(),
            has_body,
            length,
        )

    def _check_host(self, given: bytes) -> None:
        host = given.decode("latin-1").lower()
        name = re.sub(r":\d{1,5}$", "", host)
        if name not in self._hosts and host not in self._hosts:
            raise Malformed("请求中的主机名不是本平台的地址，请使用公布的网址访问。")
        if len(self._known) < KNOWN_HOSTS:
            self._known.add(given)

    def _address(self, peer: str, headers: dict[bytes, bytes]) -> str:
        address = peer
        hops = headers.get(b"x-forwarded-for", b"").decode("latin-1").split(",")
        while hops and _inside(address, self._proxies):
            claimed = sane_address(hops.pop().strip())
            if not claimed:
                break
            address = claimed
        return address


def came_straight(call: Call) -> bool:
    """Whether the caller sits on this machine and no proxy spoke for somebody else."""
    if any(sign in call.headers for sign in PROXY_SIGNS):
        return False
    address = sane_address(call.peer)
    return bool(address) and ip_address(address).is_loopback


def request_id_of(given: bytes) -> str:
    """The caller's request id if it is sane and nobody's number, else a fresh one."""
    if given and SANE_ID.fullmatch(given):
        text = given.decode()
        if not looks_personal(text):
            return text
    return uuid_utils.uuid7().hex


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


def _new_trace() -> str:
    fresh = f"{getrandbits(192) | 1:048x}"
    return f"00-{fresh[:32]}-{fresh[32:]}-00"


def _check_size(head: Head) -> None:
    if head.count > MAX_HEADERS or head.size > MAX_HEADER_BYTES:
        raise HeadersTooLarge("请求头过多或过长，请清除浏览器中本站的 Cookie 后重试。")
    if head.repeated:
        name = head.repeated.decode("latin-1")
        raise Ambiguous(f"请求头 {name} 出现了多次，只能出现一次。")
    if head.version != "1.1" and head.version != "1.0":
        raise Ambiguous("只支持 HTTP 的 1.1 版。")


def _framing(head: Head) -> tuple[int | None, bool]:
    headers = head.fields
    length = headers.get(b"content-length")
    coding = headers.get(b"transfer-encoding")
    if b"content-encoding" in headers and headers[b"content-encoding"].lower() != b"identity":
        raise UnsupportedMedia("请求内容请不要压缩后发送。")
    if length is None and coding is None:
        return None, False
    if length is not None and coding is not None:
        raise Ambiguous("请求同时给出了 Content-Length 和 Transfer-Encoding，只能使用一种。")
    if coding is not None and (coding.lower() != b"chunked" or head.version == "1.0"):
        raise Ambiguous("只支持 chunked 传输编码，并且只在 1.1 版中。")
    if length is not None and not re.fullmatch(rb"[0-9]{1,15}", length):
        raise Ambiguous("Content-Length 不是有效的数字。")
    size = None if length is None else int(length)
    has_body = coding is not None or bool(size)
    if has_body and (head.method in ("GET", "HEAD", "OPTIONS") or head.asks_upgrade):
        raise Ambiguous("这种请求不能带内容。")
    return size, has_body


def _path(raw: bytes) -> str:
    if len(raw) > MAX_PATH:
        raise AddressTooLong("网址过长，请从页面上的链接进入。")
    path = raw.decode("latin-1")
    if not path.startswith("/") or not path.isascii():
        raise Ambiguous("网址格式不正确，请使用公布的网址访问。")
    decoded = unquote_to_bytes(path)
    # "..;" is two dots for readers that know path parameters.
    dots = any(part.partition(b";")[0] in (b".", b"..") for part in decoded.split(b"/"))
    if SUSPECT_PATH.search(path) or dots:
        raise Ambiguous("网址中含有不允许的字符或路径，请从页面上的链接进入。")
    try:
        decoded.decode()
    except UnicodeDecodeError as error:
        raise Ambiguous("网址不是有效的 UTF-8 编码。") from error
    return path


def _query(raw: bytes) -> bytes:
    if len(raw) > MAX_QUERY:
        raise AddressTooLong("网址中的查询条件过长，请缩短后重试。")
    if ODD_IN_QUERY.search(raw):
        raise Ambiguous("网址中的查询条件含有不允许的字符。")
    return raw
