"""What membership answers on an ordinary day, in the shapes of its API."""

from typing import Any

from tests.people import COUNTY, TOWN, TOWN_PATH

APPLICATION = "0193a5c2-b7e0-7c3e-8f10-000000000001"
MEMBER = "0193a5c2-b7e0-7c3e-8f10-000000000002"
PERSON = "0193a5c2-b7e0-7c3e-8f10-000000000003"
IMPORT = "0193a5c2-b7e0-7c3e-8f10-000000000004"
RUNNING = "0193a5c2-b7e0-7c3e-8f10-000000000005"
TEXT = "0193a5c2-b7e0-7c3e-8f10-000000000006"
TEXT_2 = "0193a5c2-b7e0-7c3e-8f10-000000000007"
TEXT_3 = "0193a5c2-b7e0-7c3e-8f10-000000000008"

_NAMES = (
    "王小明",
    "陈虎",
    "李秀英",
    "欧阳建国",
    "赵敏",
    "孙立",
    "周杰",
    "阿依古丽·买买提",
    "钱多多",
    "吴越",
)
_GROUPS = (("G02", "快递员"), ("G06", "网约送餐员"), ("G01", "货车司机"), ("G09", "网约车司机"))
_PLATFORMS = ("顺丰速运", "美团", "货拉拉", "滴滴出行")
UNION = {"id": str(TOWN), "name": "唐桥镇总工会", "phone": "0512-58440000"}


def _coded(code: str, label: str) -> dict[str, str]:
    return {"code": code, "label": label}


def application(index: int = 0, state: str = "submitted") -> dict[str, Any]:
    """One application; neighbours differ in what a list shows."""
    name, group = _NAMES[index % len(_NAMES)], _GROUPS[index % len(_GROUPS)]
    day = 19 + index // 8
    return {
        "id": APPLICATION[:-2] + f"{index + 16:02x}" if index else APPLICATION,
        "number": f"RH202611{10 + index % 9:02}K7M2QX{index:02}",
        "state": state,
        "state_label": "待审核",
        "version": 3,
        "actions": ["admit", "return", "refuse"],
        "union": UNION,
        "channel": _coded("scan", "扫码") if index % 3 else _coded("counter", "窗口"),
        "batch_id": None,
        "person": {
            "name": name,
            "masked_name": name[0] + "*" * (len(name) - 1),
            "document": {"kind": _coded("111", "居民身份证"), "number": "320***********1234"},
            "phone": "138****1234",
            "sex": _coded("1", "男"),
            "birth": "1996-03",
        },
        "group": _coded(*group),
        "platforms": [_PLATFORMS[index % 4]],
        "employer_name": "唐桥镇顺丰营业部" if index % 2 == 0 else None,
        "work_division": _coded("320582105", "张家港市"),
        "path": {
            "path": _coded("P2", "工作地、居住地工会"),
            "rule": "M-10 P2, M-31",
            "reason": "依托平台就业，不完全符合劳动关系情形或自主经营，"
            "就近加入工作地或居住地的乡镇（街道）工会。",
        },
        "clocks": [
            {
                "rule": "M-08",
                "due_on": f"2026-11-{day:02}" if day < 31 else "2026-12-04",
                "provisional": False,
                "steps": ["11月9日提交，当日不计", "11月10日为第1个工作日", "第10个工作日到期"],
            }
        ],
        "is_overdue": day < 21,
        "is_escalated": False,
        "reason": "",
        "prepared_name": "李经办",
        "created_at": "2026-11-09T09:02:00+08:00",
        "submitted_at": "2026-11-09T09:06:00+08:00",
        "decided_at": None,
        "decided_name": None,
        "person_id": None,
        "membership_id": None,
        "details": {"education": _coded("31", "大学专科")},
        "warnings": [],
        "consents": [
            {"id": TEXT_3, "purpose": "p0", "title": "入会信息处理同意书", "version": "2026-01"}
        ],
        "history": [
            {
                "at": "2026-11-09T09:02:00+08:00",
                "action": "prepare",
                "label": "填写申请",
                "before": "",
                "after": "draft",
                "actor_name": "李经办",
                "actor_role_label": "经办",
                "reason": "",
                "rule": "",
            },
            {
                "at": "2026-11-09T09:06:00+08:00",
                "action": "submit",
                "label": "提交申请",
                "before": "draft",
                "after": "submitted",
                "actor_name": "李经办",
                "actor_role_label": "经办",
                "reason": "",
                "rule": "M-08",
            },
        ],
    }


def member(index: int = 0) -> dict[str, Any]:
    """One member."""
    name, group = _NAMES[index % len(_NAMES)], _GROUPS[index % len(_GROUPS)]
    return {
        "id": MEMBER,
        "person_id": PERSON,
        "number": f"3205821050202600{index:04}",
        "name": name,
        "masked_name": name[0] + "**",
        "document_kind": _coded("111", "居民身份证"),
        "document_masked": "320***********1234",
        "phone_masked": "138****1234",
        "sex": _coded("1", "男"),
        "birth_year": 1996,
        "union": UNION,
        "state": _coded("active", "在会"),
        "joined_on": "2026-03-04",
        "left_on": None,
        "group": _coded(*group),
        "path": _coded("P2", "工作地、居住地工会"),
        "channel": _coded("scan", "扫码"),
        "platforms": [_PLATFORMS[index % 4]],
        "application_id": APPLICATION,
        "version": 1,
    }


def union(index: int = 0) -> dict[str, Any]:
    """The town's union, or one of those below it."""
    names = ("唐桥镇总工会", "唐桥镇快递行业工会联合会", "人民路社区工会", "江临物流园联合工会")
    return {
        "id": str(TOWN) if not index else APPLICATION[:-2] + f"{index + 64:02x}",
        "parent_id": str(COUNTY),
        "path": TOWN_PATH,
        "code": f"32058210{index:02}",
        "name": names[index % 4],
        "level": _coded("3", "乡镇（街道）、开发区总工会"),
        "kind": _coded("9", "地方总工会"),
        "state": "active",
        "version": 3,
        "actions": ["change"],
        "catches_all": index != 3,
        "trade": None,
        "employer_name": None,
        "employer_uscc": None,
        "union_uscc": "81320582MC12345678",
        "address": "唐桥镇人民路 1 号",
        "division": _coded("320582105", "张家港市"),
        "employer_nature": None,
        "economic_type": None,
        "industry": None,
        "founded_on": "1998-05-01",
        "term_ends_on": "2027-06-30",
        "chair_name": "顾建华",
        "phone": "0512-58440000",
        "staff_count": 5200,
        "member_count": 3218,
        "women_count": 1204,
        "migrant_count": 1877,
        "party_organisation": None,
        "created_at": "2026-01-01T08:00:00+08:00",
        "updated_at": "2026-01-01T08:00:00+08:00",
    }


_COLUMNS = (
    ("name", "姓名"),
    ("document", "证件号码"),
    ("phone", "移动电话"),
    ("group_code", "从业群体"),
    ("platforms", "平台企业"),
    ("employer_name", "工作单位"),
)


def batch(state: str = "checked") -> dict[str, Any]:
    """One sheet of couriers."""
    return {
        "id": RUNNING if state == "checking" else IMPORT,
        "kind": "gig_workers",
        "file_name": "快递员名单.xlsx",
        "union": UNION,
        "state": state,
        "state_label": "已检查，等待确认",
        "version": 3,
        "actions": ["mend", "confirm", "cancel"] if state == "checked" else ["cancel"],
        "counts": {
            "total": 500,
            "ready": 488,
            "faulty": 9,
            "duplicate": 3,
            "applied": 0,
            "undone": 0,
            "kept": 0,
        },
        "progress": {"state": "running", "done": 312, "total": 500, "message": ""},
        "columns": [
            {"name": n, "title": t, "header": t, "is_required": True, "choices": []}
            for n, t in _COLUMNS
        ],
        "ignored_headers": ["备注"],
        "failure": None,
        "evidence": "",
        "made_name": "李经办",
        "created_at": "2026-11-21T14:02:00+08:00",
        "checked_at": "2026-11-21T14:02:09+08:00",
        "confirmed_at": None,
        "confirmed_name": None,
        "applied_at": None,
    }


def _row(number: int, state: str, problems: list[tuple[str, str, str]], **cells: str) -> Any:
    known = {
        "name": "张*",
        "document": "320***********1234",
        "phone": "138****1234",
        "group_code": "快递员",
        "platforms": "顺丰速运",
        "employer_name": "唐桥营业部",
    }
    return {
        "number": number,
        "state": state,
        "state_label": "",
        "version": 1,
        "may_mend": True,
        "cells": known | cells,
        "problems": [
            {"field": f, "code": "x", "message": m, "severity": s, "record": None}
            for f, m, s in problems
        ],
        "path": None,
        "application_id": None,
    }


ROWS = [
    _row(
        17,
        "faulty",
        [("document", "校验位不对，末位应为 X。", "error")],
        document="320***********1233",
    ),
    _row(
        18,
        "faulty",
        [("document", "表格把号码存成了数字，后几位已丢失，请补全。", "error")],
        document="3.20582E+17",
        name="李**",
    ),
    _row(
        19,
        "duplicate",
        [("document", "已是 金港镇总工会 会员，入会后可发起转会。", "warning")],
        name="王*",
    ),
    _row(
        23,
        "faulty",
        [
            ("phone", "手机号应为 11 位。", "error"),
            ("group_code", "不认识的群体，请从列表中选择。", "error"),
        ],
        phone="1380****12",
        group_code="送件",
    ),
    *(_row(24 + n, "ready", [], name=f"{'赵钱孙李周吴郑王'[n]}*") for n in range(8)),
]


def consent_texts() -> dict[str, Any]:
    """The texts in force."""
    titles = ("入会信息处理同意书", "敏感个人信息单独同意书", "接收服务信息（可不同意）")
    return {
        "items": [
            {
                "id": text_id,
                "purpose": f"p{n}",
                "version": "2026-01",
                "title": title,
                "body": "为办理入会……",
                "items": ["姓名", "证件号码"],
                "recipients": [],
                "is_required": n < 2,
                "is_sensitive": n == 1,
            }
            for n, (text_id, title) in enumerate(zip((TEXT, TEXT_2, TEXT_3), titles, strict=True))
        ]
    }


DESK = {
    "waiting": {
        "to_review": 12,
        "returned": 2,
        "drafts": 1,
        "overdue": 2,
        "due_today": 3,
        "due_in_three_days": 5,
        "escalated": 0,
        "imports_to_finish": 1,
    },
    "tasks": [application(n) for n in (0, 9, 17, 27, 33)],
    "recent": [
        {
            "at": "2026-11-21T11:20:00+08:00",
            "application_id": APPLICATION,
            "number": "RH20261110K7M2QX00",
            "name": "王**",
            "union": "唐桥镇总工会",
            "label": "同意入会",
            "actor_name": "王审核",
            "actor_role_label": "审核",
            "reason": "",
        }
    ],
    "counts": {"members": 3218, "gig": 642, "joined_this_month": 57},
}


def _codes(*pairs: tuple[str, str]) -> dict[str, Any]:
    return {"name": "", "items": [_coded(*pair) for pair in pairs]}


ANSWERS: dict[tuple[str, str], Any] = {
    ("GET", "/desk"): DESK,
    ("GET", "/desk/waiting"): DESK["waiting"],
    ("GET", "/applications"): {"items": [application(n) for n in range(40)], "next": "cursor"},
    ("POST", "/applications"): application(0, "draft"),
    ("POST", "/applications/searches"): {"items": [application(1)], "next": None},
    ("GET", f"/applications/{APPLICATION}"): application(),
    ("PUT", f"/applications/{APPLICATION}/decision"): application(0, "admitted"),
    ("PUT", f"/applications/{APPLICATION}/return"): application(0, "returned"),
    ("PUT", f"/applications/{APPLICATION}/submission"): application(),
    ("POST", "/decisions"): {
        "decided": 1,
        "kept_back": 1,
        "results": [
            {"application_id": APPLICATION, "number": "RH1", "name": "王小明", "problem": None},
            {
                "application_id": APPLICATION,
                "number": "RH2",
                "name": "陈虎",
                "problem": {"type": "/problems/own-hand", "detail": "您登记的申请要由别人审核。"},
            },
        ],
        "job_id": None,
        "waiting": 0,
    },
    ("GET", "/members/counts"): DESK["counts"] | {"retained": 12, "women": 903, "groups": []},
    ("POST", "/members/searches"): {"items": [member(n) for n in range(12)], "next": None},
    ("GET", f"/members/{MEMBER}"): member(),
    ("GET", f"/people/{PERSON}/timeline"): {
        "items": [
            {"at": "2026-03-04T10:00:00+08:00", "label": "入会", "actor_name": "王审核", "rule": ""}
        ]
    },
    ("POST", f"/people/{PERSON}/disclosures"): {
        "facts": {"phone": "13800001234"},
        "hide_at": "2026-11-21T18:10:00+08:00",
    },
    ("GET", "/imports"): {"items": [batch(), batch("applied")], "next": None},
    ("POST", "/imports"): batch("received"),
    ("POST", "/union-imports"): {
        "total": 2,
        "entered": 1,
        "rows": [
            {"number": 2, "name": "人民路社区工会", "union_id": str(TOWN), "problems": []},
            {
                "number": 3,
                "name": "物流园联合工会",
                "union_id": None,
                "problems": [{"pointer": "/level", "code": "level", "message": "级别不对。"}],
            },
        ],
    },
    ("GET", f"/imports/{IMPORT}"): batch(),
    ("GET", f"/imports/{RUNNING}"): batch("checking"),
    ("GET", f"/imports/{IMPORT}/rows"): {"items": ROWS, "next": None},
    ("PATCH", f"/imports/{IMPORT}/rows/17"): _row(17, "ready", []),
    ("PUT", f"/imports/{IMPORT}/confirmation"): batch("applying"),
    ("GET", f"/imports/{IMPORT}/rejected.xlsx"): b"PK-xlsx",
    ("GET", "/import-templates/gig_workers.xlsx"): b"PK-xlsx",
    ("GET", "/unions"): {"items": [union(n) for n in range(1, 4)], "next": None},
    ("POST", "/unions"): union(1),
    ("POST", "/unions/searches"): {"items": [union(1)], "catching": [], "next": None},
    ("GET", f"/unions/{TOWN}"): union(),
    ("GET", f"/unions/{COUNTY}"): union() | {"id": str(COUNTY), "name": "江临县总工会"},
    ("PATCH", f"/unions/{TOWN}"): union(),
    ("GET", f"/unions/{TOWN}/poster-code"): {
        "code": "7KQ2MX",
        "url": "https://testserver/join/7KQ2MX",
        "label": "",
        "qr_svg": "<svg></svg>",
    },
    ("GET", "/consent-texts"): consent_texts(),
    ("GET", "/codes/document_kinds"): _codes(("111", "居民身份证"), ("414", "普通护照")),
    ("GET", "/codes/groups"): _codes(*_GROUPS),
    ("GET", "/codes/relations"): _codes(
        ("contract", "签了劳动合同"), ("partial", "平台或站点管着我接单、考勤，但不完全是单位职工")
    ),
    ("GET", "/codes/platforms"): _codes(("sf", "顺丰速运"), ("meituan", "美团")),
    ("GET", "/codes/employer_natures"): _codes(("170", "私营企业")),
    ("GET", "/codes/industries"): _codes(("G", "交通运输、仓储和邮政业")),
}
