"""Shows the gateway's figures to a monitor on another machine; a sidecar of the gateway's pod.

The gateway tells its metrics to its own machine only, because its port is the public one.
"""

import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.error import URLError
from urllib.request import urlopen

PORT = 9100
PATIENCE = 4.0


class Door(BaseHTTPRequestHandler):
    """Answers ``/metrics`` and nothing else."""

    source = "http://127.0.0.1:8000/metrics"

    def do_GET(self) -> None:
        if self.path != "/metrics":
            self.send_error(404)
            return
        try:
            with urlopen(self.source, timeout=PATIENCE) as answer:  # noqa: S310  our own gateway
                kind, body = answer.headers["content-type"], answer.read()
        except (URLError, OSError):
            self.send_error(503)
            return
        self.send_response(200)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """A look every few seconds is not worth a line."""

    def version_string(self) -> str:
        return "niangjia"


def main() -> int:
    Door.source = f"http://127.0.0.1:{os.environ.get('PORT') or '8000'}/metrics"
    where = os.environ.get("NIANGJIA_LISTEN") or "127.0.0.1"
    ThreadingHTTPServer((where, int(os.environ.get("METRICS_PORT") or PORT)), Door).serve_forever()
    return 0


if __name__ == "__main__":
    sys.exit(main())
