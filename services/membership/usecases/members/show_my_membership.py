"""A worker sees their own membership."""

from typing import Any

from sqlalchemy import Row

from services.chassis.data.read import Read
from services.chassis.kernel.actors import Actor, Kind
from services.chassis.kernel.refusals import Forbidden, NotFound
from services.membership.store import memberships

ABSENT = "还没有查到您的会员信息。如已提交申请，请等待审核；如已入会，请到工会窗口核对手机号码。"


async def show_my_membership(actor: Actor, read: Read, own_phone: tuple[bytes, ...]) -> Row[Any]:
    if actor.kind is not Kind.WORKER:
        raise Forbidden("“我的会籍”由会员本人用手机登录后查看。")
    row = await memberships.mine(actor, read, own_phone)
    if row is None:
        raise NotFound(ABSENT)
    return row
