"""Stylesheet, scripts and icons: named by their content, compressed once, cached for good."""

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from frontend.packing import chosen_coding, packed

STATIC = Path(__file__).parent / "static"
_FOREVER = "public, max-age=31536000, immutable"
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it travels; ``url`` changes whenever its bytes do."""

    url: str
    kind: str
    plain: bytes
    packed: dict[str, bytes]


class Assets:
    """All static files, by the name a template uses and by the address a browser uses."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self._by_name = {name: _pack(name, content) for name, content in files.items()}
        self._by_url = {asset.url: asset for asset in self._by_name.values()}

    def __contains__(self, name: str) -> bool:
        return name in self._by_name

    def url(self, name: str) -> str:
        """The address of ``name``, with its hash."""
        return self._by_name[name].url

    async def serve(self, request: Request) -> Response:
        """The route behind ``/static/…``."""
        asset = self._by_url.get(request.url.path)
        if asset is None:
            return Response("没有这个文件。", 404, media_type="text/plain; charset=utf-8")
        coding = chosen_coding(request.headers.get("accept-encoding", ""))
        headers = {"cache-control": _FOREVER, "vary": "Accept-Encoding"}
        if coding:
            headers["content-encoding"] = coding
        return Response(asset.packed.get(coding, asset.plain), 200, headers, asset.kind)


def read_assets(htmx: Path) -> Assets:
    """The files of ``static/``, the stylesheet's parts joined in order, and htmx where it is."""
    sheets = sorted((STATIC / "styles").glob("*.css"))
    files = {path.name: path.read_bytes() for path in STATIC.glob("*.*") if path.is_file()}
    files["app.css"] = b"\n".join(sheet.read_bytes() for sheet in sheets)
    if htmx.is_file():
        files["htmx.js"] = htmx.read_bytes()
    return Assets(files)


def _pack(name: str, content: bytes) -> Asset:
    stem, _, suffix = name.rpartition(".")
    digest = sha256(content).hexdigest()[:12]
    forms = {coding: packed(content, coding, once=True) for coding in ("br", "gzip")}
    return Asset(f"/static/{stem}.{digest}.{suffix}", _TYPES[f".{suffix}"], content, forms)
