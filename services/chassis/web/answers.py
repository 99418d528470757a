"""Answers that are no ordinary ones: problems, replays, and input that does not fit."""

from typing import Any

from fastapi import Response
from fastapi.exceptions import RequestValidationError

from services.chassis.data.idempotency import Answer
from services.chassis.edge.problems import problem
from services.chassis.kernel.refusals import FieldError, Malformed, Refusal, Unprocessable


def problem_response(refusal: Refusal, request_id: str = "") -> Response:
    status, headers, body = problem(refusal, request_id)
    return Response(body, status, headers)


def replayed(answer: Answer) -> Response:
    """The first answer again, marked as such."""
    headers = answer.headers | {"idempotent-replayed": "true", "cache-control": "no-store"}
    return Response(answer.body, answer.status, headers)


def wrong_input(error: RequestValidationError) -> Refusal:
    """What FastAPI could not read, as a refusal; what was typed is never echoed."""
    found = error.errors()
    if any(e["type"] in {"json_invalid", "json_type"} and e["loc"][0] == "body" for e in found):
        return Malformed("请求内容不是有效的 JSON，请检查格式后重试。")
    errors = [FieldError(_pointer(e["loc"]), _code(e), _sentence(e)) for e in found[:50]]
    return Unprocessable("有内容填写不正确，请按提示修改后重新提交。", errors)


def _pointer(loc: tuple[Any, ...]) -> str:
    inside = loc[1:] if loc and loc[0] in {"body", "query", "path", "header"} else loc
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in inside)


def _code(error: dict[str, Any]) -> str:
    return str(error["type"]).replace("_", "-")


SENTENCES = {
    "missing": "请填写此项。",
    "extra_forbidden": "不认识此项，请去掉。",
    "string_too_short": "内容太短，至少 {min_length} 个字。",
    "string_too_long": "内容太长，最多 {max_length} 个字。",
    "too_short": "至少需要 {min_length} 项。",
    "too_long": "最多 {max_length} 项。",
    "string_type": "应为文字。",
    "int_parsing": "应为整数。",
    "int_type": "应为整数。",
    "bool_parsing": "应为“是”或“否”。",
    "bool_type": "应为“是”或“否”。",
    "decimal_parsing": "应为数字，如 33.90。",
    "uuid_parsing": "编号格式不正确。",
    "uuid_type": "编号格式不正确。",
    "date_parsing": "日期应为 2026-01-31 这样的格式。",
    "date_from_datetime_parsing": "日期应为 2026-01-31 这样的格式。",
    "date_type": "日期应为 2026-01-31 这样的格式。",
    "datetime_parsing": "时间应为 2026-01-31T09:00:00+08:00 这样的格式。",
    "datetime_from_date_parsing": "时间应为 2026-01-31T09:00:00+08:00 这样的格式。",
    "timezone_aware": "时间应带时区，如 +08:00。",
    "enum": "不在可选范围内。",
    "literal_error": "不在可选范围内。",
    "string_pattern_mismatch": "格式不正确。",
    "greater_than_equal": "不能小于 {ge}。",
    "less_than_equal": "不能大于 {le}。",
    "greater_than": "应大于 {gt}。",
    "less_than": "应小于 {lt}。",
    "list_type": "应为列表。",
    "model_attributes_type": "应为一组字段。",
    "dict_type": "应为一组字段。",
}


def _sentence(error: dict[str, Any]) -> str:
    if error["type"] == "value_error":
        return str(error.get("ctx", {}).get("error", "内容不正确。"))
    template = SENTENCES.get(error["type"], "内容不正确，请检查后重填。")
    try:
        return template.format(**error.get("ctx", {}))
    except (KeyError, IndexError):
        return "内容不正确，请检查后重填。"
