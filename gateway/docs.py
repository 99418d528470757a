"""The documentation at ``/api/docs``: a vendored viewer that loads nothing from outside."""

import gzip
from dataclasses import dataclass
from hashlib import sha256
from html import escape
from pathlib import Path

from gateway.answers import Local, page_answer
from gateway.plain_page import plain_page

HOME = "/api/docs"
ASSETS = "/api/docs/assets/"
FILES = {
    "swagger-ui.css": b"text/css; charset=utf-8",
    "swagger-ui-bundle.js": b"text/javascript; charset=utf-8",
}
START = b"""window.addEventListener("load", function () {
  window.SwaggerUIBundle({
    url: "/api/openapi.json",
    dom_id: "#swagger-ui",
    deepLinking: true,
    docExpansion: "none",
    filter: true,
    validatorUrl: null,
    persistAuthorization: false,
    presets: [window.SwaggerUIBundle.presets.apis]
  });
});
"""
# The viewer's stylesheet holds its icons as data: images; connect-src is for "try it out".
CSP = (
    b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    b"connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
MISSING = (
    "<p>文档查看器没有安装（缺少 swagger-ui-dist），其余功能不受影响。</p>\n"
    "<p>请在项目目录执行 <code>sh deploy/assets.sh</code> 后重新启动，"
    '或直接阅读 <a href="/api/openapi.json">openapi.json</a>。</p>'
)


@dataclass(frozen=True, slots=True)
class Asset:
    """A file whose name changes with its bytes."""

    name: str
    kind: bytes
    content: bytes
    packed: bytes


class Docs:
    """The page and its files; without the viewer a page that says so."""

    def __init__(self, folder: Path) -> None:
        self._assets = _read(folder)
        self._page = _page([asset.name for asset in self._assets.values()])

    def page(self) -> Local:
        """The documentation page."""
        if not self._assets:
            return page_answer(plain_page("接口文档", MISSING), 503)
        return Local(
            200,
            [
                (b"content-type", b"text/html; charset=utf-8"),
                (b"content-security-policy", CSP),
                (b"cache-control", b"no-cache"),
            ],
            self._page,
        )

    def asset(self, name: str, accepted: str) -> Local | None:
        """One of the viewer's files."""
        asset = self._assets.get(name)
        if asset is None:
            return None
        headers = [
            (b"content-type", asset.kind),
            (b"cache-control", b"public, max-age=31536000, immutable"),
            (b"vary", b"Accept-Encoding"),
        ]
        if "gzip" in accepted:
            return Local(200, [*headers, (b"content-encoding", b"gzip")], asset.packed)
        return Local(200, headers, asset.content)


def _read(folder: Path) -> dict[str, Asset]:
    if not all((folder / name).is_file() for name in FILES):
        return {}
    contents = {name: ((folder / name).read_bytes(), kind) for name, kind in FILES.items()}
    contents["start.js"] = (START, b"text/javascript; charset=utf-8")
    found = (_asset(name, kind, content) for name, (content, kind) in contents.items())
    return {asset.name: asset for asset in found}


def _asset(name: str, kind: bytes, content: bytes) -> Asset:
    stem, _, suffix = name.rpartition(".")
    hashed = f"{stem}.{sha256(content).hexdigest()[:12]}.{suffix}"
    return Asset(hashed, kind, content, gzip.compress(content, 6, mtime=0))


def _page(names: list[str]) -> bytes:
    links = "".join(
        f'<link rel="stylesheet" href="{ASSETS}{escape(name)}">\n'
        for name in names
        if name.endswith(".css")
    )
    scripts = "".join(
        f'<script src="{ASSETS}{escape(name)}" defer></script>\n'
        for name in names
        if name.endswith(".js")
    )
    return (
        '<!doctype html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>娘家开放接口文档</title>\n{links}{scripts}</head>\n<body>\n"
        '<main id="swagger-ui"></main>\n'
        "<noscript><p>查看接口文档需要启用 JavaScript，也可以直接阅读 "
        '<a href="/api/openapi.json">openapi.json</a>。</p></noscript>\n'
        "</body>\n</html>\n"
    ).encode()
