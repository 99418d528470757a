"""``python -m gateway --port 8000``: the gateway with the server options that it relies on."""

import argparse

import uvicorn

from gateway.app import create_app
from gateway.wire import server_options


def main() -> None:
    """Serve until told to stop; requests under way are finished."""
    parser = argparse.ArgumentParser(prog="gateway", description="娘家网关")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    given = parser.parse_args()
    uvicorn.run(create_app, factory=True, host=given.host, port=given.port, **server_options())


if __name__ == "__main__":
    main()
