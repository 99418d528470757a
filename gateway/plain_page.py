"""Small honest pages of the gateway's own: no script, no picture, one style known by its hash."""

from base64 import b64encode
from hashlib import sha256
from html import escape

STYLE = (
    "body{margin:0;background:#f6f6f4;color:#1d1d1b;font:16px/1.7 "
    '"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif}'
    "header{background:#a8071a;color:#fff;padding:.6rem 1.2rem;font-weight:600}"
    "main{max-width:40rem;margin:2.5rem auto;padding:0 1.2rem}"
    "h1{font-size:1.5rem;line-height:1.4}a{color:#8c0615}"
    "dt{font-weight:600;margin-top:1rem}dd{margin:0}small{color:#5a5a57}"
)
CSP = (
    "default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    f"style-src 'sha256-{b64encode(sha256(STYLE.encode()).digest()).decode()}'"
).encode()
TYPE = b"text/html; charset=utf-8"


def plain_page(title: str, body: str) -> bytes:
    """A whole page; ``body`` is markup, ``title`` is text."""
    return (
        '<!doctype html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)} - 娘家</title>\n<style>{STYLE}</style>\n</head>\n"
        f"<body>\n<header>娘家</header>\n<main>\n<h1>{escape(title)}</h1>\n{body}\n</main>\n"
        "</body>\n</html>\n"
    ).encode()


def refusal_page(title: str, detail: str, request_id: str) -> bytes:
    """A refusal for a person in front of a browser: what happened, and what to do."""
    return plain_page(
        title,
        f"<p>{escape(detail)}</p>\n"
        '<p><a href="">重新加载本页</a>　<a href="/">回到首页</a></p>\n'
        f"<p><small>如需求助，请提供编号 {escape(request_id)}</small></p>",
    )
