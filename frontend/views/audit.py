"""The audit, told in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from frontend.views.marks import mark
from frontend.views.reading import code, number, text
from frontend.views.times import moment
from frontend.views.unions import role_label

# fmt: off
ACTIONS = {
    "application.prepared":          "填写入会申请",
    "application.amended":           "修改入会申请",
    "application.submit":            "提交入会申请",
    "application.return":            "退回补正",
    "application.admit":             "同意入会",
    "application.refuse":            "不予通过",
    "application.withdraw":          "撤回申请",
    "application.read":              "查看入会申请",
    "application.searched":          "查找入会申请",
    "application.disclosed":         "查看申请人完整资料",
    "batch.decision-requested":      "成批审核",
    "member.read":                   "查看会员",
    "member.searched":               "查找会员",
    "person.read":                   "查看个人资料",
    "person.disclosed":              "查看完整资料",
    "register.checked":              "核对是否已入会",
    "card.verified":                 "核验会员卡",
    "consent.given":                 "记录同意",
    "consent.withdrawn":             "撤回同意",
    "consent-text.published":        "发布告知文本",
    "union.founded":                 "建立工会",
    "union.changed":                 "修改工会资料",
    "union.list-imported":           "导入工会名单",
    "union.poster-made":             "生成入会海报",
    "import.received":               "上传名单",
    "import.checked":                "检查名单",
    "import.rows-read":              "查看名单内容",
    "import.row-mended":             "修改名单中的一行",
    "import.confirmed":              "确认导入",
    "import.applied":                "导入名单",
    "import.finished":               "导入完成",
    "import.failed":                 "导入没有办成",
    "import.cancelled":              "取消导入",
    "import.reversed":               "要求撤销导入",
    "import.undone":                 "撤销导入",
    "import.rejected-downloaded":    "下载未导入的行",
    "webhook.created":              "设置事件推送",
    "webhook.changed":              "修改事件推送",
    "webhook.deleted":              "删除事件推送",
    "webhook.paused":               "暂停事件推送",
    "webhook.resumed":              "恢复事件推送",
    "webhook.secret_rotated":       "更换推送密钥",
    "webhook.resent":               "重发一条事件",
    "webhook.replayed":             "重发一段时间的事件",
    "webhook.warned":               "推送持续失败，已提醒",
    "webhook.recovered":            "推送恢复正常",
    "webhook.disabled":             "停止事件推送",
    "account.created":               "建立账号",
    "account.activated":             "开通账号",
    "account.second-factor-issued":  "发放动态验证码密钥",
    "account.suspended":             "停用账号",
    "account.resumed":               "恢复账号",
    "account.closed":                "注销账号",
    "account.locked":                "锁定账号",
    "account.unlocked":              "解除锁定",
    "account.reinvited":             "重新发激活码",
    "account.searched":              "查找账号",
    "grant.made":                    "授予角色",
    "application.batch-received":    "接入方批量提交入会申请",
    "client.created":                "登记接入方",
    "client.changed":                "修改接入方",
    "client.scopes-granted":         "授予接口权限",
    "client.suspended":              "停用接入方",
    "client.resumed":                "恢复接入方",
    "client.key-registered":         "登记接入方密钥",
    "client.key-revoked":            "吊销接入方密钥",
    "client.token-issued":           "接入方取得令牌",
    "client.token-refused":          "接入方没有通过验证",
    "grant.revoked":                 "收回角色",
    "staff.log-in":                  "工作人员登录",
    "staff.log-out":                 "工作人员退出登录",
    "staff.log-out-everywhere":      "工作人员退出所有设备",
    "staff.password-changed":        "更换密码",
    "staff.provider-log-in":         "统一身份认证登录",
    "staff.provider-link-begun":     "开始关联统一身份认证",
    "staff.provider-linked":         "关联统一身份认证",
    "account.provider-linked":       "登记统一身份认证标识",
    "account.provider-unlinked":     "解除统一身份认证关联",
    "signing-key.made":              "生成令牌签名密钥",
    "signing-key.revoked":           "作废令牌签名密钥",
    "worker.log-in":                 "职工登录",
    "worker.log-out":                "职工退出登录",
    "worker.log-out-everywhere":     "职工退出所有设备",
    "worker.mini-program-linked":    "关联小程序",
    "worker.phone-disclosed":        "核对职工手机号",
    "phone-code.sent":               "发送短信验证码",
    "phone-code.undelivered":        "短信验证码没有送达",
    "session.acting-union-switched": "切换当前工会",
    "session.refresh-token-reused":  "登录凭据被重复使用",
    "keys.rotated":                  "更换数据密钥",
    "access.refused":                "没有权限，被拒绝",
    "gateway.refused":               "入口拒绝",
}
# fmt: on
_OUTCOMES = {"done": "已办", "refused": "被拒绝", "failed": "没有办成"}
_KINDS = {"application": "/applications", "membership": "/members", "union": "/unions"}


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One line of the audit."""

    when: str
    who: str
    roles: str
    what: str
    url: str
    change: str
    outcome: str
    reason: str
    address: str
    subject: str


@dataclass(frozen=True, slots=True)
class Chain:
    """Whether one service's record is whole."""

    service: str
    is_whole: bool
    told: str
    problems: list[str]


def audit_row(item: Mapping[str, Any], now: datetime) -> AuditRow:
    """One thing that was done, by whom, from which state to which, and why."""
    action, subject = text(item, "action"), text(item, "subject")
    before, after = (mark(code(item, end)).label for end in ("before", "after"))
    base = _KINDS.get(text(item, "subject_kind"), "")
    return AuditRow(
        when=moment(text(item, "at"), now),
        who=text(item, "actor_name"),
        roles="、".join(role_label(str(role)) for role in item.get("actor_roles", ())),
        what=ACTIONS.get(action, action),
        url=f"{base}/{subject}" if base and subject else "",
        change=f"{before} → {after}" if before and after else after,
        outcome=_OUTCOMES.get(text(item, "outcome"), text(item, "outcome")),
        reason=text(item, "reason"),
        address=text(item, "address"),
        subject=subject,
    )


def chain(service: str, found: Mapping[str, Any]) -> Chain:
    """A verification in one sentence."""
    rows, batches = number(found, "rows"), number(found, "batches")
    unsealed = number(found, "unsealed")
    tail = f"，另有 {unsealed} 条刚写入、等待封存" if unsealed else ""
    told = f"{batches:,} 批、{rows:,} 条记录首尾相接{tail}"
    return Chain(service, bool(found.get("intact")), told, list(found.get("problems", ())))
