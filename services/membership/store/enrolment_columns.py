"""How a checked application is spread over its columns."""

from typing import Any

from services.membership.domain.enrolment import Checked, Request


def enrolment_columns(request: Request, checked: Checked) -> dict[str, Any]:
    """Group, platforms, place and path of an application, without the person."""
    way, situation = checked.way, request.situation
    return {
        "group_code": checked.group_code,
        "platforms": checked.platforms,
        "employer_name": request.employer_name,
        "work_division": request.work_division,
        "relation": str(situation.relation) if situation else None,
        "join_path": str(way.path) if way else None,
        "join_rule": way.rule if way else None,
        "details": checked.details,
    }
