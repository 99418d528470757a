"""``python -m gateway --port 8000``: the gateway with the server options that it relies on."""

import argparse
import socket

import uvicorn

from gateway.app import create_app
from gateway.wire import server_options

BACKLOG = 2048


def main() -> None:
    """Serve until told to stop; requests under way are finished."""
    parser = argparse.ArgumentParser(prog="gateway", description="娘家网关")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--fd", type=int, help="用已经在监听的套接字（由守护程序传下）")
    parser.add_argument("--reuse-port", action="store_true", help="与其他网关进程共用一个端口")
    given = parser.parse_args()
    config = uvicorn.Config(
        create_app, factory=True, host=given.host, port=given.port, **server_options()
    )
    server = uvicorn.Server(config)
    door = given_door(given.fd, given.host, given.port, shared=given.reuse_port)
    server.run(sockets=None if door is None else [door])
    if not server.started:
        raise SystemExit("the gateway did not start")


def given_door(fd: int | None, host: str, port: int, *, shared: bool) -> socket.socket | None:
    """A listening socket that somebody else keeps, or one that other processes may share.

    With the first a restart loses no connection that waits to be accepted; with the second several
    processes answer at one port, each with its own share of the limits.
    """
    if fd is not None:
        return socket.socket(fileno=fd)
    if not shared:
        return None
    door = socket.create_server((host, port), backlog=BACKLOG, reuse_port=True)
    door.setblocking(False)
    return door


if __name__ == "__main__":
    main()
