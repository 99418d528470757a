"""What the register answers about one document (M-21): the union's name and contact, no more."""

from services.chassis.kernel.refusals import Duplicate


class AlreadyMember(Duplicate):
    code = "already-member"
    title = "已经是会员"


def already_member(union_name: str, union_phone: str, *, to_member: bool) -> AlreadyMember:
    """The refusal for staff, or for the member on the phone that is on record."""
    contact = f"（联系电话 {union_phone}）" if union_phone else ""
    whose = "您已经" if to_member else "该证件号码已登记，本人"
    return AlreadyMember(
        f"{whose}是“{union_name}”{contact}的会员，不需要重复入会；如更换了单位，请办理会籍转接。",
        union={"name": union_name, "phone": union_phone},
    )
