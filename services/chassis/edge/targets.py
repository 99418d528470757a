"""Which addresses outside may be called on a client's behalf, and which never (INP-07).

A name is resolved once, every address that comes back is looked at, and the connection goes to
one of those that were looked at.  Python's ``is_global`` lets multicast, NAT64 and (before 3.13)
6to4 pass, so the list is our own.
"""

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
# Host name -> addresses, as text.
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]

LONGEST_URL = 500
PORTS = frozenset({443, 8443})
NAME = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(?:\.(?!-)[a-z0-9-]{1,63}(?<!-))+\.?")
LAST_LABEL = re.compile(r"(?:[a-z][a-z0-9-]*[a-z0-9]|[a-z]+)\.?$")

DENIED_4 = tuple(
    IPv4Network(one)
    for one in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",
        "100.64.0.0/10",  # carriers' NAT; Alibaba's metadata stands there
        "127.0.0.0/8",
        "169.254.0.0/16",  # link-local; the clouds' metadata
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)
# Of IPv6 only what is given out as global unicast may be called, and of that not these.
GLOBAL_6 = IPv6Network("2000::/3")
DENIED_6 = tuple(
    IPv6Network(one)
    for one in (
        "2001::/23",  # Teredo, ORCHID, benchmarking and other protocols' own
        "2001:db8::/32",
        "2002::/16",  # 6to4 carries any IPv4 address
        "2620:4f:8000::/48",
        "3fff::/20",
    )
)


class TargetRefused(Exception):
    """The address may not be called; ``reason`` is a code, the text a Chinese sentence."""

    def __init__(self, reason: str, sentence: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Targets:
    """What may be called: everything public by TLS, and what a local run allows besides."""

    allowed: tuple[Network, ...] = ()

    def check_url(self, url: str) -> tuple[str, int]:
        """Host and port of an acceptable address; nothing is asked of the network."""
        parts = _split(url)
        host = (parts.hostname or "").lower()
        if self._is_allowed_text(host):
            return self._check_local(parts.scheme, host, parts.port)
        if parts.scheme != "https":
            raise TargetRefused("scheme", "接收地址必须以 https:// 开头。")
        if parts.port not in (None, *PORTS):
            raise TargetRefused("port", "接收地址的端口只能是 443 或 8443。")
        if not NAME.fullmatch(host) or len(host) > 253 or not LAST_LABEL.search(host):
            raise TargetRefused("host", "接收地址应使用完整的域名，不能直接写 IP 地址。")
        return host, parts.port or 443

    def check_address(self, text: str) -> None:
        """Refuse an address that lies inside, whatever notation or tunnel it comes in."""
        try:
            address = ip_address(text.partition("%")[0])
        except ValueError:
            raise TargetRefused("address", "接收地址解析出的 IP 无法识别。") from None
        if any(address in network for network in self.allowed):
            return
        if "%" in text or is_denied(address):
            raise TargetRefused("private", "接收地址指向内部或保留的网络，不能使用。")

    async def addresses(self, host: str, port: int, resolve: Resolve) -> list[str]:
        """Every address of the name; one that is refused refuses them all."""
        found = list(await resolve(host, port))
        if not found:
            raise TargetRefused("unresolved", "接收地址的域名无法解析，请核对。")
        for address in found:
            self.check_address(address)
        return found

    def _is_allowed_text(self, host: str) -> bool:
        try:
            address = ip_address(host)
        except ValueError:
            return host == "localhost" and bool(self.allowed)
        return any(address in network for network in self.allowed)

    def _check_local(self, scheme: str, host: str, port: int | None) -> tuple[str, int]:
        """A local run's own machine may be called without TLS and on any port."""
        if scheme not in ("http", "https"):
            raise TargetRefused("scheme", "接收地址必须以 https:// 开头。")
        return host, port or (443 if scheme == "https" else 80)


def _split(url: str) -> SplitResult:
    if len(url) > LONGEST_URL or not url.isascii() or not url.isprintable() or " " in url:
        raise TargetRefused("url", "接收地址应为不超过 500 个字符的英文网址，不含空格和汉字。")
    try:
        parts = urlsplit(url)
        has_host = parts.port != 0 and bool(parts.hostname)
    except ValueError:
        has_host = False
    if not has_host or "\\" in url or "#" in url:
        raise TargetRefused("url", "接收地址不是有效的网址，也不能含有反斜杠或“#”。")
    if "@" in parts.netloc:
        raise TargetRefused("userinfo", "接收地址中不能带用户名或密码。")
    return parts


def is_denied(address: Address) -> bool:
    if isinstance(address, IPv4Address):
        return any(address in network for network in DENIED_4)
    if address.ipv4_mapped is not None:
        return True  # nobody publishes one; it only hides what it maps to
    return address not in GLOBAL_6 or any(address in network for network in DENIED_6)


def targets_of(networks: Sequence[str], *, is_local: bool) -> Targets:
    """Only a local run may allow anything inside."""
    if networks and not is_local:
        raise ValueError("webhook_allowed may be set in local mode only")
    return Targets(tuple(ip_network(one) for one in networks))
