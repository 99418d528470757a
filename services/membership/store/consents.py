"""Consent texts in force, and consents as they were given."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, false, or_, select, update

from services.chassis.data.read import Reader
from services.chassis.data.tx import Tx
from services.chassis.kernel.actors import Actor, Kind
from services.chassis.kernel.ids import new_id
from services.chassis.kernel.refusals import FieldError, NotFound, Unprocessable
from services.membership.domain.consent import Text
from services.membership.domain.enrolment import Given
from services.membership.store.scope import below, is_reader
from services.membership.store.tables import (
    Application,
    Consent,
    ConsentText,
    Membership,
    Person,
)


def visible_to(actor: Actor, own_phone: tuple[bytes, ...] = ()) -> Select[Any]:
    """Staff: of people and applications in scope; a worker: what they or their phone agreed to."""
    query = select(Consent)
    if actor.kind is Kind.SYSTEM:
        return query
    applications, people = select(Application.id), select(Person.id)
    if actor.kind is Kind.WORKER:
        mine = [Application.applicant_id == actor.id]
        if own_phone:
            mine.append(Application.phone_key.in_(own_phone))
        applications = applications.where(or_(*mine))
        people = people.where(Person.account_id == actor.id)
    elif is_reader(actor):
        applications = applications.where(below(Application.union_path, actor.union_path))
        people = select(Membership.person_id).where(below(Membership.union_path, actor.union_path))
    else:
        return query.where(false())
    return query.where(or_(Consent.application_id.in_(applications), Consent.person_id.in_(people)))


async def texts(read: Reader, on: date | None = None) -> Sequence[Row[Any]]:
    """All versions, or those that hold on a day."""
    table = ConsentText.__table__
    query = select(table).order_by(ConsentText.purpose, ConsentText.valid_from, ConsentText.version)
    if on is not None:
        query = query.where(
            ConsentText.valid_from <= on,
            or_(ConsentText.valid_to.is_(None), ConsentText.valid_to >= on),
        )
    return await read.rows(query)


def as_text(row: Row[Any]) -> Text:
    """The part of a row that the rules care about."""
    return Text(
        id=row.id,
        purpose=row.purpose,
        version=row.version,
        title=row.title,
        is_required=row.is_required,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
    )


async def give(
    tx: Tx,
    given: Sequence[Given],
    *,
    channel: str,
    evidence: str,
    application_id: UUID | None = None,
    person_id: UUID | None = None,
) -> None:
    """Keep each consent with the exact text it was given to (S-16)."""
    if not given:
        return
    known = {row.id: row for row in await texts(tx, tx.today)}
    for place, consent in enumerate(given):
        text = known.get(consent.text_id)
        if text is None or text.version != consent.version:
            message = "同意书已更新，请重新阅读最新版本后再同意。"
            raise Unprocessable(message, [FieldError(f"/consents/{place}", "version", message)])
        id_ = new_id()
        tx.session.add(
            Consent(
                id=id_,
                text_id=text.id,
                purpose=text.purpose,
                version=text.version,
                application_id=application_id,
                person_id=person_id,
                given_at=tx.now,
                channel=channel,
                evidence=consent.evidence or evidence,
                guardian=_guardian(tx, id_, consent),
                recorded_by=tx.actor.id,
            )
        )
    await tx.session.flush()


def _guardian(tx: Tx, consent_id: UUID, given: Given) -> bytes | None:
    if given.guardian is None:
        return None
    name, relation = given.guardian
    where = f"consents:{consent_id}:guardian"
    return tx.sealer.seal_json({"name": name, "relation": relation}, where)


async def agreed_texts(tx: Tx, application_id: UUID) -> list[UUID]:
    """The texts that this application's consents, not withdrawn, are for."""
    query = select(Consent.text_id).where(
        Consent.application_id == application_id, Consent.withdrawn_at.is_(None)
    )
    return list(await tx.session.scalars(query))


async def lock(actor: Actor, tx: Tx, consent_id: UUID, own_phone: tuple[bytes, ...]) -> Consent:
    query = visible_to(actor, own_phone).where(Consent.id == consent_id).with_for_update()
    row: Consent | None = await tx.session.scalar(query)
    if row is None:
        raise NotFound("没有找到这份同意记录，或它不在您的管理范围内。")
    return row


async def needed_by(
    actor: Actor, tx: Tx, consent_id: UUID, own_phone: tuple[bytes, ...]
) -> UUID | None:
    """The application that cannot go on without this consent, if there is one."""
    query = (
        visible_to(actor, own_phone)
        .join(ConsentText, ConsentText.id == Consent.text_id)
        .with_only_columns(Consent.application_id)
        .where(Consent.id == consent_id, ConsentText.is_required)
    )
    found: UUID | None = await tx.session.scalar(query)
    return found


async def end_with(tx: Tx, application_ids: Sequence[UUID], channel: str) -> list[Any]:
    """The consents given with applications that are withdrawn end too (S-03)."""
    change = (
        update(Consent)
        .where(Consent.application_id.in_(application_ids), Consent.withdrawn_at.is_(None))
        .values(withdrawn_at=tx.now, withdrawn_by=tx.actor.id, withdrawn_channel=channel)
        .returning(Consent.id, Consent.purpose)
    )
    ended = await tx.session.execute(change, execution_options={"synchronize_session": False})
    return list(ended.all())


async def given_by(
    actor: Actor, read: Reader, own_phone: tuple[bytes, ...], person_id: UUID | None = None
) -> Sequence[Row[Any]]:
    """Consents that the caller may see, newest first; of one person where named."""
    columns: tuple[Any, ...] = (*Consent.__table__.c, ConsentText.title)
    query = visible_to(actor, own_phone).join(ConsentText, ConsentText.id == Consent.text_id)
    query = query.with_only_columns(*columns)
    if person_id is not None:
        query = query.where(Consent.person_id == person_id)
    return await read.rows(query.order_by(Consent.given_at.desc(), Consent.id).limit(100))


async def of_application(read: Reader, application_id: UUID) -> Sequence[Row[Any]]:
    """Consents given for an application that the caller was already allowed to see."""
    query = select(Consent.__table__, ConsentText.title)
    query = query.join(ConsentText, ConsentText.id == Consent.text_id)
    query = query.where(Consent.application_id == application_id)
    return await read.rows(query.order_by(Consent.given_at, Consent.id))
