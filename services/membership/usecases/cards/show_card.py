"""A member opens the card on their phone; its code is signed and lives for minutes."""

from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.chassis.data.read import Read
from services.chassis.kernel.actors import Actor, Kind
from services.chassis.kernel.refusals import Conflict, Forbidden, NotFound
from services.membership.domain.card import claim_for, signed_part, written
from services.membership.domain.membership import LABELS, OPEN, State
from services.membership.store import cards, memberships, parameters

ABSENT = "还没有查到您的会员信息。如已提交申请，请等待审核；如已入会，请到工会窗口核对手机号码。"


class NoCard(Conflict):
    code = "no-card"
    title = "没有可用的会员证"


@dataclass(frozen=True, slots=True)
class Shown:
    number: str
    name: str
    union_name: str
    state: State
    token: str
    valid_until: datetime


async def show_card(
    actor: Actor, read: Read, own_phone: tuple[bytes, ...], key: Ed25519PrivateKey
) -> Shown:
    if actor.kind is not Kind.WORKER:
        raise Forbidden("电子会员证由会员本人用手机登录后查看。")
    member = await memberships.mine(actor, read, own_phone)
    if member is None:
        raise NotFound(ABSENT)
    state = State(member.state)
    card_id = await cards.live_card(read, member.id)
    if state not in OPEN or card_id is None:
        raise NoCard(f"您的会籍状态为“{LABELS[state]}”，没有可用的电子会员证。")
    seconds = await parameters.value_of(read, "card_token_seconds", member.union_path, read.today)
    claim = claim_for(card_id, read.now, int(seconds))
    token = written(claim, key.sign(signed_part(claim)))
    return Shown(member.member_number, member.name, member.union_name, state, token, claim.until)
