"""Staff ask whether one exact document is a member anywhere; they learn where, no more (M-21)."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select

from services.chassis.data.tx import Tx
from services.chassis.kernel.actors import Actor, Role
from services.chassis.kernel.identifiers import DocumentKind, InvalidIdentifier, parse_document
from services.chassis.kernel.ids import new_id
from services.chassis.kernel.refusals import FieldError, TooMany, Unprocessable
from services.membership.store import memberships, parameters
from services.membership.store.facts import document_key
from services.membership.store.tables import RegisterCheck

CHECKERS = (Role.CLERK, Role.REVIEWER, Role.APPROVER, Role.OPERATOR)
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Answer:
    registered: bool
    union_name: str = ""
    union_phone: str = ""
    in_scope: bool = False
    membership_id: UUID | None = None


async def check_register(actor: Actor, tx: Tx, kind: str, number: str) -> Answer:
    actor.require(*CHECKERS)
    await _refuse_too_many(actor, tx)
    member = await memberships.open_union_of(tx, _key(tx, kind, number))
    tx.session.add(
        RegisterCheck(id=new_id(), actor_id=actor.id, at=tx.now, was_found=member is not None)
    )
    await tx.record("register.checked", "register", None, found=member is not None, rule="M-21")
    if member is None:
        return Answer(False)
    in_scope = actor.reaches(member.union_path)
    return Answer(True, member.name, member.phone or "", in_scope, member.id if in_scope else None)


def _key(tx: Tx, kind: str, number: str) -> bytes:
    try:
        document = parse_document(DocumentKind(kind), number, today=tx.today)
    except InvalidIdentifier as error:
        raise Unprocessable(error.message, [error.at("/document/number")]) from error
    except ValueError as error:
        message = "请从列表中选择证件类型。"
        wrong = [FieldError("/document/kind", "enum", message)]
        raise Unprocessable(message, wrong) from error
    return document_key(tx.sealer, document.kind, document.number)


async def _refuse_too_many(actor: Actor, tx: Tx) -> None:
    """Nobody walks through the register document by document."""
    most = await parameters.value_of(tx, "register_checks_per_hour", actor.union_path, tx.today)
    query = select(func.count()).where(
        RegisterCheck.actor_id == actor.id, RegisterCheck.at > tx.now - HOUR
    )
    if int(await tx.session.scalar(query) or 0) >= int(most):
        raise TooMany(f"每小时最多查重 {most} 次，请稍后再查。", retry_after=600)
