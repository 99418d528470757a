"""No webhook reaches an address inside, however written and whatever its name says (INP-07)."""

from collections.abc import Sequence

import pytest

from services.chassis.edge.outside import Outside, system_resolve
from services.chassis.edge.targets import TargetRefused, Targets, targets_of

PUBLIC = Targets()

REFUSED_URLS = {
    "http://hooks.example.cn/x": "scheme",
    "ftp://hooks.example.cn/x": "scheme",
    "javascript:alert(1)": "url",
    "//hooks.example.cn/x": "scheme",
    "https://": "url",
    "https:///x": "url",
    "https://hooks.example.cn:80/x": "port",
    "https://hooks.example.cn:22/x": "port",
    "https://hooks.example.cn:0/x": "url",
    "https://hooks.example.cn:99999/x": "url",
    "https://user@hooks.example.cn/x": "userinfo",
    "https://user:word@hooks.example.cn/x": "userinfo",
    "https://hooks.example.cn@10.0.0.1/x": "userinfo",
    "https://hooks.example.cn\\@10.0.0.1/x": "url",
    "https://hooks.example.cn/x#part": "url",
    "https://hooks.example.cn/a b": "url",
    "https://hooks.example.cn/\r\nHost:x": "url",
    "https://工会.cn/x": "url",
    "https://①②⑦.⓪.⓪.①/": "url",
    "https://127.0.0.1/": "host",
    "https://127.1/": "host",
    "https://0x7f.1/": "host",
    "https://0177.0.0.1/": "host",
    "https://2130706433/": "host",
    "https://0/": "host",
    "https://8.8.8.8/": "host",
    "https://[::1]/": "host",
    "https://[::ffff:10.0.0.1]/": "host",
    "https://[fe80::1%25eth0]/": "host",
    "https://localhost/": "host",
    "https://intranet/": "host",
    "https://hooks..example.cn/": "host",
    "https://-hooks.example.cn/": "host",
    "https://hooks.example.cn" + "/x" * 300: "url",
}

REFUSED_ADDRESSES = [
    "0.0.0.0",  # noqa: S104  # refused, not bound to
    "0.1.2.3",
    "10.0.0.1",
    "100.64.0.1",
    "100.100.100.200",
    "127.0.0.1",
    "127.255.255.255",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::10.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:8.8.8.8",
    "64:ff9b::7f00:1",
    "64:ff9b:1::7f00:1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:0808:0808::1",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "not an address",
]


def resolving(*answers: Sequence[str]):
    """A resolver that answers one after the other, the last for ever: the rebinding attacker's."""
    left = list(answers)

    async def resolve(host: str, port: int) -> Sequence[str]:
        return left.pop(0) if len(left) > 1 else left[0]

    return resolve


@pytest.mark.parametrize(("url", "reason"), REFUSED_URLS.items())
def test_an_address_that_is_no_public_https_name_is_refused(url, reason):
    with pytest.raises(TargetRefused) as refused:
        PUBLIC.check_url(url)

    assert refused.value.reason == reason


@pytest.mark.parametrize(
    ("url", "where"),
    [
        ("https://hooks.example.cn/x?y=1", ("hooks.example.cn", 443)),
        ("https://HOOKS.Example.CN:8443/x", ("hooks.example.cn", 8443)),
        ("https://xn--fiq228c.example.cn/", ("xn--fiq228c.example.cn", 443)),
        ("https://hooks.example.xn--fiqs8s/", ("hooks.example.xn--fiqs8s", 443)),
    ],
)
def test_a_public_https_name_is_taken(url, where):
    assert PUBLIC.check_url(url) == where


@pytest.mark.parametrize("address", REFUSED_ADDRESSES)
def test_an_address_inside_is_refused_in_every_notation(address):
    with pytest.raises(TargetRefused):
        PUBLIC.check_address(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "114.114.114.114", "2400:3200::1"])
def test_a_public_address_is_taken(address):
    PUBLIC.check_address(address)


async def test_one_address_inside_refuses_the_whole_name():
    async with Outside(PUBLIC, resolving(["8.8.8.8", "10.0.0.1"])) as outside:
        with pytest.raises(TargetRefused):
            await outside.check("https://hooks.example.cn/x")


async def test_a_name_that_was_public_when_registered_is_looked_at_again_when_called():
    rebinding = resolving(["8.8.8.8"], ["127.0.0.1"])
    async with Outside(PUBLIC, rebinding) as outside:
        await outside.check("https://hooks.example.cn/x")

        heard = await outside.post("https://hooks.example.cn/x", b"{}", {})

    assert (heard.status, heard.error) == (None, "target-private")


async def test_the_connection_goes_to_the_address_that_was_looked_at():
    asked = []

    async def resolve(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return ["127.0.0.1"]

    local = targets_of(["127.0.0.0/8"], is_local=True)
    async with Outside(local, resolve) as outside:
        heard = await outside.post("https://hooks.example.cn/x", b"{}", {})

    assert (asked, heard.error) == (["hooks.example.cn"], "connection")


async def test_the_last_look_is_at_the_socket_itself():
    """Even a resolver that was fooled does not lead inside."""

    class Fooled(Targets):
        async def addresses(self, host, port, resolve):
            return ["169.254.169.254"]

    async with Outside(Fooled()) as outside:
        heard = await outside.post("https://hooks.example.cn/x", b"{}", {})

    assert (heard.status, heard.error) == (None, "target-private")


@pytest.mark.parametrize("host", ["2130706433", "0x7f.1", "127.1", "0177.0.0.1", "localhost"])
async def test_what_the_machines_resolver_makes_of_odd_notations_is_refused(host):
    found = await system_resolve(host, 443)

    assert found, "the resolver understands it"
    for address in found:
        with pytest.raises(TargetRefused):
            PUBLIC.check_address(address)


def test_only_a_local_run_may_allow_anything_inside():
    with pytest.raises(ValueError, match="local mode only"):
        targets_of(["127.0.0.0/8"], is_local=False)
    local = targets_of(["127.0.0.0/8"], is_local=True)

    assert local.check_url("http://127.0.0.1:9000/x") == ("127.0.0.1", 9000)
    with pytest.raises(TargetRefused):
        local.check_url("http://10.0.0.1:9000/x")
