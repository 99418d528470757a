"""Another part of the platform, played by a small server that does what the test says."""

import warnings
from contextlib import asynccontextmanager

from aiohttp import web


class StandIn:
    """Another part: does what its script says, and remembers what it was asked."""

    def __init__(self):
        self.asked = []
        self.script = []
        self.url = ""

    async def answer(self, request):
        self.asked.append(request)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", web.NotAppKeyWarning)  # a plain word will do here
            request["body"] = await request.read()
        do = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        return await do(request)


@asynccontextmanager
async def standing_in():
    """The part, listening on a free port of this machine."""
    part = StandIn()
    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", part.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    part.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield part
    finally:
        await runner.cleanup()


def says(status=200, json=None, **headers):
    async def do(_):
        return web.json_response(json, status=status, headers=headers)

    return do


def problem(status, code, **more):
    return says(status, {"type": f"/problems/{code}", "detail": "不行。", "status": status} | more)
