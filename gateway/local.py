"""The few addresses that the gateway answers by itself."""

from collections.abc import Callable, Coroutine
from typing import Any

from gateway.answers import Local, json_answer, page_answer, text_answer
from gateway.asyncapi import asyncapi
from gateway.docs import ASSETS, HOME, Docs
from gateway.explanations import as_json, as_page, explain, read_words
from gateway.inbound import Call, came_straight
from gateway.oauth import WELL_KNOWN
from gateway.openapi import Documents
from gateway.revocations import Revocations
from gateway.telemetry import Telemetry
from services.chassis.kernel.refusals import MethodNotAllowed, NotFound

PROBLEMS = "/problems/"
Answerer = Callable[[Call], Coroutine[Any, Any, Local]]
# Identity is asked twice a second; after this long something is wrong.
READY_SILENCE = 10.0


class LocalAnswers:
    """Liveness for everybody, readiness and metrics for this machine, documents for all."""

    def __init__(
        self,
        docs: Docs,
        documents: Documents,
        revocations: Revocations,
        telemetry: Telemetry,
        authorization_server: dict[str, Any],
    ) -> None:
        self._docs = docs
        self._documents = documents
        self._revocations = revocations
        self._telemetry = telemetry
        self._words = read_words()
        self._authorization_server = authorization_server
        self._fixed: dict[str, Answerer] = {
            "/livez": self._livez,
            "/readyz": self._readyz,
            "/metrics": self._metrics,
            "/api/openapi.json": self._openapi,
            "/api/asyncapi.json": self._asyncapi,
            WELL_KNOWN: self._metadata,
            HOME: self._page,
            HOME + "/": self._page,
        }

    def finds(self, call: Call) -> Answerer | None:
        """Who answers this call here, if anybody; raises MethodNotAllowed."""
        path = call.path
        found = self._fixed.get(path)
        if found is None and path.startswith(ASSETS):
            found = self._asset
        if found is None and path.startswith(PROBLEMS):
            found = self._problem
        if found is not None and call.method not in ("GET", "HEAD"):
            raise MethodNotAllowed("这个地址只能读取。", allow=["GET", "HEAD"])
        return found

    async def _livez(self, call: Call) -> Local:
        return text_answer("ok")

    async def _readyz(self, call: Call) -> Local:
        _for_this_machine(call)
        is_ready = self._revocations.silent_for() < READY_SILENCE
        return json_answer({"ready": is_ready, "identity": is_ready}, 200 if is_ready else 503)

    async def _metrics(self, call: Call) -> Local:
        _for_this_machine(call)
        return text_answer(self._telemetry.exposition().decode())

    async def _openapi(self, call: Call) -> Local:
        return json_answer(await self._documents.merged(), cache="public, max-age=60")

    async def _asyncapi(self, call: Call) -> Local:
        drawn = asyncapi(await self._documents.merged())
        return json_answer(drawn, cache="public, max-age=60")

    async def _metadata(self, call: Call) -> Local:
        return json_answer(self._authorization_server, cache="public, max-age=3600")

    async def _page(self, call: Call) -> Local:
        return self._docs.page()

    async def _asset(self, call: Call) -> Local:
        name = call.path.removeprefix(ASSETS)
        found = self._docs.asset(name, call.header(b"accept-encoding"))
        if found is None:
            raise NotFound("没有这个文件。")
        return found

    async def _problem(self, call: Call) -> Local:
        code = call.path.removeprefix(PROBLEMS)
        found = explain(code, self._words, {})
        if found is None:
            found = explain(code, self._words, await self._documents.problem_titles())
        if found is None:
            raise NotFound("没有这个问题代码，请对照 /api/docs 中的接口文档。")
        if call.wants_page():
            return page_answer(as_page(code, found), cache="public, max-age=3600")
        return json_answer(as_json(code, found), cache="public, max-age=3600")


def _for_this_machine(call: Call) -> None:
    if not came_straight(call):
        raise NotFound("没有这个地址，请检查后重试。")
