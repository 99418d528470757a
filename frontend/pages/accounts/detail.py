"""One account: whether it can be used, what was granted, and what may be done about it."""

from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from frontend.clients.identity import IdentityApi
from frontend.clients.membership import MembershipApi
from frontend.forms.accounts import NEW_GRANT, WHY
from frontend.forms.form import Form
from frontend.pages.frame import staff_router
from frontend.render import redirect, render
from frontend.session import StaffVisit, Visit
from frontend.views.accounts import account_row, grant_row
from frontend.views.times import moment, today
from frontend.views.union_choice import offering_unions
from services.chassis.kernel.actors import Role
from services.chassis.kernel.refusals import Conflict, Forbidden, Stale, Unprocessable

router = staff_router()
# action: method, what is called for it, is a reason due, what is said afterwards
# fmt: off
_ACTIONS: dict[str, tuple[str, str, bool, str]] = {
    "suspend": ("PUT",    "/suspension", True,  "账号已停用，登录已全部退出。"),
    "resume":  ("DELETE", "/suspension", False, "账号已恢复。"),
    "close":   ("PUT",    "/closure",    True,  "账号已注销。"),
    "unlock":  ("DELETE", "/lock",       False, "已解除锁定。"),
}
# fmt: on


@router.get("/accounts/{account_id}")
async def show(
    request: Request,
    visit: StaffVisit,
    identity: IdentityApi,
    membership: MembershipApi,
    account_id: UUID,
) -> Response:
    return await _page(request, visit, identity, membership, account_id, Form(NEW_GRANT))


@router.post("/accounts/{account_id}/grants")
async def grant(
    request: Request,
    visit: StaffVisit,
    identity: IdentityApi,
    membership: MembershipApi,
    account_id: UUID,
) -> Response:
    form = Form(NEW_GRANT).typed(await request.form())
    if not form.errors:
        try:
            await identity.grant(str(account_id), form.payload(), form.key)
            return redirect(request, f"/accounts/{account_id}", said="已授予角色，马上生效。")
        except (Conflict, Forbidden, Unprocessable) as refusal:
            form = form.refused(refusal)
    return await _page(request, visit, identity, membership, account_id, form, 422)


@router.post("/accounts/{account_id}/grants/{grant_id}/revocation")
async def revoke(
    request: Request, visit: StaffVisit, identity: IdentityApi, account_id: UUID, grant_id: UUID
) -> Response:
    form = Form(()).typed(await request.form())
    await identity.revoke(str(grant_id), form.key, form.etag)
    return redirect(request, f"/accounts/{account_id}", said="已收回角色，马上生效。")


@router.post("/accounts/{account_id}/activation-codes")
async def invite_again(
    request: Request, visit: StaffVisit, identity: IdentityApi, account_id: UUID
) -> Response:
    form = Form(()).typed(await request.form())
    made = await identity.reinvite(str(account_id), form.key)
    row = account_row((await identity.account(str(account_id))).body)
    return render(
        request,
        "accounts/invited.html",
        name=row.name,
        account=row.account,
        code=made["activation_code"],
        expires=moment(made["activation_expires_at"]),
        url=row.url,
    )


@router.post("/accounts/{account_id}/{action}")
async def act(
    request: Request,
    visit: StaffVisit,
    identity: IdentityApi,
    membership: MembershipApi,
    account_id: UUID,
    action: str,
) -> Response:
    method, part, needs_reason, said = _ACTIONS.get(action, _ACTIONS["unlock"])
    form = Form(WHY if needs_reason else ()).typed(await request.form())
    refused = Form(NEW_GRANT)
    if form.errors:
        refused = Form(NEW_GRANT, detail="请写明理由，再停用或注销账号。")
    else:
        try:
            body = form.payload() if needs_reason else None
            path = f"{account_id}{part}"
            await identity.change_account(method, path, body, form.key, form.etag)
            return redirect(request, f"/accounts/{account_id}", said=said)
        except (Conflict, Forbidden, Stale, Unprocessable) as refusal:
            refused = refused.refused(refusal)
    return await _page(request, visit, identity, membership, account_id, refused, 422)


async def _page(
    request: Request,
    visit: Visit,
    identity: IdentityApi,
    membership: MembershipApi,
    account_id: UUID,
    form: Form,
    status: int = 200,
) -> Response:
    answer = await identity.account(str(account_id))
    grants = await identity.grants_of(str(account_id))
    may_grant = visit.actor.has(Role.SECURITY_OFFICER)
    words = request.query_params.get("union_text", "")
    if may_grant:
        form = await offering_unions(membership, visit.actor, form, words)
    return render(
        request,
        "accounts/detail.html",
        status=status,
        it=account_row(answer.body),
        etag=answer.etag,
        grants=[grant_row(one, today()) for one in grants["items"]],
        form=form,
        words=words,
        may_grant=may_grant,
        may_invite=visit.actor.has(Role.ADMINISTRATOR),
    )
