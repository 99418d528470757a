"""A new version of a consent text comes into force; the old one ends the day before (S-16)."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select, update

from services.chassis.data.tx import Tx
from services.chassis.kernel.actors import Actor, Role
from services.chassis.kernel.ids import new_id
from services.chassis.kernel.refusals import Duplicate, FieldError, Forbidden, Unprocessable
from services.membership.domain.union import upper_path
from services.membership.store.tables import ConsentText

ONE_DAY = timedelta(days=1)
PUBLISHERS = (Role.ADMINISTRATOR,)
PAST = "生效日期不能早于今天，已经生效的文本不能改变。"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewText:
    purpose: str
    version: str
    title: str
    body: str
    items: list[str]
    recipients: list[str]
    is_required: bool
    is_sensitive: bool
    valid_from: date


async def publish_text(actor: Actor, tx: Tx, new: NewText) -> ConsentText:
    actor.require(*PUBLISHERS)
    if not actor.union_path or upper_path(actor.union_path):
        raise Forbidden("同意书由最上级工会统一发布，请联系上级工会。")
    if new.valid_from < tx.today:
        raise Unprocessable(PAST, [FieldError("/valid_from", "past", PAST)])
    same = (ConsentText.purpose == new.purpose) & (ConsentText.version == new.version)
    if await tx.session.scalar(select(ConsentText.id).where(same)):
        raise Duplicate("这个用途已有同名版本，请使用新的版本号。")
    await tx.session.execute(
        update(ConsentText)
        .where(ConsentText.purpose == new.purpose, ConsentText.valid_to.is_(None))
        .where(ConsentText.valid_from < new.valid_from)
        .values(valid_to=new.valid_from - ONE_DAY)
    )
    text = ConsentText(
        id=new_id(),
        made_by=actor.id,
        made_at=tx.now,
        **{name: getattr(new, name) for name in NewText.__slots__},
    )
    tx.session.add(text)
    await tx.session.flush()
    await tx.record("consent-text.published", "consent-text", text.id, after=new.version)
    return text
