"""The cast.  Every test knows these people, so no test has to introduce them."""

from uuid import UUID

from services.chassis.kernel.actors import Actor, Kind, Role

# A county (县总), a town below it, and a town beside that one.
COUNTY, TOWN, OTHER_TOWN = UUID(int=0xC0), UUID(int=0x70), UUID(int=0x71)
COUNTY_PATH = f"{COUNTY.hex}/"
TOWN_PATH = f"{COUNTY_PATH}{TOWN.hex}/"
OTHER_TOWN_PATH = f"{COUNTY_PATH}{OTHER_TOWN.hex}/"


def _staff(number: int, name: str, union: UUID, path: str, union_name: str, *roles: Role) -> Actor:
    return Actor(
        Kind.STAFF,
        UUID(int=number),
        name,
        union,
        path,
        union_name,
        frozenset(roles),
        auth="password+totp",
        session=UUID(int=0x5000 + number),
    )


_TOWN = (TOWN, TOWN_PATH, "唐桥镇总工会")
_COUNTY = (COUNTY, COUNTY_PATH, "江临县总工会")
_OTHER = (OTHER_TOWN, OTHER_TOWN_PATH, "金港镇总工会")

LI = _staff(1, "李经办", *_TOWN, Role.CLERK)  # the clerk in the town
WANG = _staff(2, "王审核", *_COUNTY, Role.REVIEWER)  # reviews for the county
ZHAO = _staff(3, "赵经办", *_OTHER, Role.CLERK)  # a clerk with no say over the town
QIAN = _staff(4, "钱审计", *_COUNTY, Role.AUDITOR)  # reads the audit, changes nothing
SUN = _staff(5, "孙管理", *_COUNTY, Role.ADMINISTRATOR)  # makes accounts, sees no cases
ZHOU = _staff(6, "周安全", *_COUNTY, Role.SECURITY_OFFICER)  # grants roles
WU = _staff(7, "吴审核", *_TOWN, Role.REVIEWER)  # reviews in the town itself

# A courier who scanned a poster, and another.
CHEN = Actor(
    Kind.WORKER,
    UUID(int=0x101),
    "职工",
    roles=frozenset({Role.WORKER}),
    auth="phone-code",
    session=UUID(int=0x5101),
)
DING = Actor(
    Kind.WORKER,
    UUID(int=0x102),
    "职工",
    roles=frozenset({Role.WORKER}),
    auth="phone-code",
    session=UUID(int=0x5102),
)
