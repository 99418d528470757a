"""Members: found by their office, shown to themselves."""

from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import ConfigDict, Field

from services.chassis.data.pages import MAX_LIMIT, Cut
from services.chassis.web.depends import CurrentActor, CurrentRead, TakesNoKey, tag
from services.chassis.web.documented import problems
from services.chassis.web.pages import Page
from services.chassis.web.route import UnitRoute
from services.membership.api.depends import KnownPhone, PublicUrl, SigningKey
from services.membership.api.member_out import CardOut, CountsOut, GroupCountOut, MemberOut
from services.membership.api.qr import svg_of
from services.membership.api.typed import Code, Coded, In, Word, first_of_month, shown
from services.membership.domain.membership import State
from services.membership.store import member_counts, memberships
from services.membership.usecases.cards.show_card import show_card
from services.membership.usecases.members.find_members import find_members
from services.membership.usecases.members.show_my_membership import show_my_membership

router = APIRouter(prefix="/members", tags=["members"], route_class=UnitRoute)


class MemberSearchIn(In):
    model_config = ConfigDict(json_schema_extra=shown(text="cxh", limit=20))

    text: Word = Field("", description="姓名、拼音首字母、会员号、完整证件号或手机号、手机后四位")
    union: UUID | None = None
    state: State | None = None
    group: Code = ""
    limit: int = Field(20, ge=1, le=MAX_LIMIT)
    after: str | None = Field(None, max_length=600)


@router.post("/searches", summary="查找会员", dependencies=[TakesNoKey], responses=problems(404))
async def search(actor: CurrentActor, read: CurrentRead, body: MemberSearchIn) -> Page[MemberOut]:
    page = Cut(body.limit, body.after)
    rows, following = await find_members(
        actor, read, page, body.text, body.union, body.state, body.group
    )
    return Page(items=[MemberOut.of(row) for row in rows], next=following)


@router.get("/counts", summary="会员数")
async def counts(actor: CurrentActor, read: CurrentRead) -> CountsOut:
    row = await member_counts.counts(actor, read, first_of_month(read.today))
    groups = await member_counts.groups(actor, read)
    return CountsOut(
        members=row.members,
        gig=row.gig,
        retained=row.retained,
        joined_this_month=row.joined_this_month,
        women=row.women,
        groups=[
            GroupCountOut(group=Coded.sure("groups", one.group_code), members=one.members)
            for one in groups
        ],
    )


@router.get("/mine", summary="我的会籍", responses=problems(404))
async def mine(actor: CurrentActor, phone: KnownPhone, read: CurrentRead) -> MemberOut:
    return MemberOut.of(await show_my_membership(actor, read, phone.keys))


@router.get("/mine/card", summary="我的电子会员证", responses=problems(404, 409))
async def card(
    actor: CurrentActor,
    phone: KnownPhone,
    read: CurrentRead,
    key: SigningKey,
    public_url: PublicUrl,
) -> CardOut:
    shown_card = await show_card(actor, read, phone.keys, key)
    # After "#" the token stays on the phone that scans: no server log sees it.
    url = f"{public_url}/verify#{shown_card.token}"
    return CardOut(
        number=shown_card.number,
        name=shown_card.name,
        union=shown_card.union_name,
        state=Coded.sure("membership_states", shown_card.state),
        token=shown_card.token,
        url=url,
        qr_svg=svg_of(url),
        valid_until=shown_card.valid_until,
    )


@router.get("/{member_id}", summary="会员详情", responses=problems(404))
async def show(
    actor: CurrentActor, read: CurrentRead, member_id: UUID, response: Response
) -> MemberOut:
    row = await memberships.find(actor, read, member_id)
    tag(response, row.version)
    return MemberOut.of(row)
