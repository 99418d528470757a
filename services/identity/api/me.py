"""Who somebody is, and for which union they act."""

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from services.chassis.kernel.actors import Actor, Kind, Role
from services.chassis.web.depends import CurrentActor, CurrentRead, CurrentTx, TakesNoKey
from services.chassis.web.documented import problems
from services.chassis.web.route import UnitRoute
from services.identity.api.depends import CurrentIssuer, CurrentPolicy
from services.identity.api.tokens import AccessOut
from services.identity.api.typed import ACCESS, ID, NOON, PATH, UNION, In, shown
from services.identity.domain.standing import Standing
from services.identity.usecases.sessions.describe_me import Me, describe_me
from services.identity.usecases.sessions.list_my_sessions import list_my_sessions
from services.identity.usecases.sessions.sign_access import Access
from services.identity.usecases.sessions.switch_acting_union import switch_acting_union
from services.identity.usecases.workers.disclose_phone import disclose_phone

router = APIRouter(prefix="/me", tags=["me"], route_class=UnitRoute)


class ActingUnionOut(BaseModel):
    id: UUID
    name: str
    path: str

    @classmethod
    def of(cls, actor: Actor) -> "ActingUnionOut | None":
        if actor.union_id is None:
            return None
        return cls(id=actor.union_id, name=actor.union_name, path=actor.union_path)


class PlaceOut(BaseModel):
    """A union for which somebody may act, and what they are there."""

    id: UUID | None
    name: str
    path: str
    roles: list[Role]

    @classmethod
    def of(cls, place: Standing) -> "PlaceOut":
        return cls(id=place.union_id, name=place.name, path=place.path, roles=sorted(place.roles))


class MeOut(BaseModel):
    model_config = ConfigDict(
        json_schema_extra=shown(
            kind="staff",
            id=ID,
            name="李经办",
            acting_union=UNION | {"path": PATH},
            roles=["clerk"],
            unions=[UNION | {"path": PATH, "roles": ["clerk"]}],
            masked_phone=None,
            session_expires_at=NOON,
        )
    )

    kind: Kind
    id: UUID
    name: str
    acting_union: ActingUnionOut | None
    roles: list[Role]
    unions: list[PlaceOut]
    masked_phone: str | None
    session_expires_at: datetime | None

    @classmethod
    def of(cls, me: Me) -> "MeOut":
        return cls(
            kind=me.actor.kind,
            id=me.actor.id,
            name=me.actor.name,
            acting_union=ActingUnionOut.of(me.actor),
            roles=sorted(me.actor.roles),
            unions=[PlaceOut.of(place) for place in me.unions],
            masked_phone=me.masked_phone,
            session_expires_at=me.session_expires_at,
        )


class ActingUnionIn(In):
    model_config = ConfigDict(json_schema_extra=shown(union_id=ID))

    union_id: UUID


class SwitchedOut(AccessOut):
    model_config = ConfigDict(
        json_schema_extra=shown(**ACCESS, acting_union=UNION | {"path": PATH}, roles=["clerk"])
    )

    acting_union: ActingUnionOut | None
    roles: list[Role]

    @classmethod
    def switched(cls, access: Access) -> "SwitchedOut":
        return cls(
            access_token=access.token,
            expires_in=access.expires_in,
            acting_union=ActingUnionOut.of(access.actor),
            roles=sorted(access.actor.roles),
        )


class PhoneOut(BaseModel):
    model_config = ConfigDict(json_schema_extra=shown(phone="13800001234"))

    phone: str


class SessionOut(BaseModel):
    """One's own log-in on one device; nothing in it lets anybody in."""

    id: UUID
    started_at: datetime
    seen_at: datetime
    expires_at: datetime
    auth: str
    is_current: bool


class SessionsOut(BaseModel):
    model_config = ConfigDict(
        json_schema_extra=shown(
            items=[
                {
                    "id": ID,
                    "started_at": NOON,
                    "seen_at": NOON,
                    "expires_at": NOON,
                    "auth": "password+totp",
                    "is_current": True,
                }
            ]
        )
    )

    items: list[SessionOut]


@router.get("", summary="当前登录人", responses=problems(404))
async def me(actor: CurrentActor, read: CurrentRead) -> MeOut:
    return MeOut.of(await describe_me(actor, read))


@router.get("/sessions", summary="我的登录：哪些设备还没有退出")
async def sessions(actor: CurrentActor, policy: CurrentPolicy, read: CurrentRead) -> SessionsOut:
    rows = await list_my_sessions(actor, read, policy)
    return SessionsOut(
        items=[
            SessionOut(
                id=row.id,
                started_at=row.started_at,
                seen_at=row.seen_at,
                expires_at=row.expires_at,
                auth=row.auth,
                is_current=row.id == actor.session,
            )
            for row in rows
        ]
    )


@router.put("/acting-union", summary="切换当前所代表的工会", dependencies=[TakesNoKey])
async def switch(
    actor: CurrentActor, issuer: CurrentIssuer, tx: CurrentTx, body: ActingUnionIn
) -> SwitchedOut:
    return SwitchedOut.switched(await switch_acting_union(actor, tx, issuer, body.union_id))


@router.get("/phone", summary="职工已验证的手机号（仅供会员服务）")
async def phone(actor: CurrentActor, tx: CurrentTx) -> PhoneOut:
    return PhoneOut(phone=await disclose_phone(actor, tx))
