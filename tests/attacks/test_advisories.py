"""What went wrong elsewhere, tried here: the six security advisories of Open Zaak.

Each test is named after one. They read the operations from the services' documents, so that the
next operation of the same kind is tried as well.
"""

import re

from services.chassis.data.imports.limits import LIMITS
from tests.attacks.bodies import accepted
from tests.attacks.operations import FORM, JSON, Operation
from tests.attacks.reach import BESIDE, OUTSIDERS
from tests.attacks.test_difference import NAME, everything_seen, is_looking, other_peoples_things
from tests.attacks.test_input import path_of, somebody
from tests.attacks.things import MAKERS, Thing, unknown
from tests.attacks.world import World
from tests.hostile_files import dot_dot_entry, symbolic_link
from tests.people import LI, TOWN
from tests.service.membership_rig import Rig

EMBEDS = re.compile(r"^(expand|include|embed|fields|with|select)$")
WRITTEN = re.compile(r"(^|_)(expression|formula|query|jq|regex|template|script)s?$")
SCRIPT = '"><svg onload=alert(1)>'
BACK = "../../../../tmp/niangjia-was-here.csv"


async def test_ghsa_v9vp_r9j9_9889_no_parameter_embeds_what_may_not_be_read(
    operations: list[Operation],
):
    """``expand`` returned what the caller may not read: there is nothing that embeds."""
    embedding = {
        f"{operation} {one['name']}"
        for operation in operations
        for one in operation.parameters("query")
        if EMBEDS.match(one["name"])
    }

    assert embedding == set()


async def test_ghsa_vpvj_hgh4_8389_lists_counts_and_details_show_the_same_rows(
    world: World, operations: list[Operation]
):
    """Lists were not filtered although details were: whoever sees no detail meets no trace."""
    made = await other_peoples_things(world)

    for outsider in OUTSIDERS:
        seen = await everything_seen(world, operations, made, outsider)
        assert [where for where, answer in seen.items() if NAME in str(answer)] == []


async def test_cve_2026_54657_searches_stay_within_the_union(
    world: World, operations: list[Operation]
):
    """A search by POST was not filtered: every search, for a name that only others have."""
    await other_peoples_things(world)
    things = {name: Thing(unknown(name)) for name in MAKERS}
    searches = [one for one in operations if is_looking(one) and not one.is_safe]

    theirs = await everything_seen(world, searches, things, BESIDE)
    ours = await everything_seen(world, searches, things, LI)

    assert len(searches) >= 4
    assert NAME not in str(list(theirs.values()))
    assert NAME in str(list(ours.values()))


async def test_cve_2026_55836_no_name_of_a_file_leads_out(
    world: World, operations: list[Operation], tmp_path
):
    """Path traversal by an upload: names of files, and names inside of them, for every form."""
    uploads = [one for one in operations if one.media == FORM]
    assert len(uploads) >= 2

    for operation in uploads:
        for name, content in (
            (BACK, (await accepted(world, operation))["file"].encode()),
            ("..\\..\\a.xlsx", dot_dot_entry()),
            ("link.xlsx", symbolic_link()),
            ("/etc/passwd\x00.csv", b"x"),
        ):
            answer = await _upload(world, operation, name, content)
            assert answer.status_code < 500, f"{operation} {name!r}"
            assert "/etc" not in answer.headers.get("location", "")
    assert not (tmp_path.parents[-2] / "niangjia-was-here.csv").exists()


async def _upload(world: World, operation: Operation, name: str, content: bytes):
    headers = world.as_(operation.service, somebody(operation))
    fields = {field: str(TOWN) for field in operation.body["properties"] if field != "file"}
    return await world.client(operation.service).post(
        path_of(operation),
        headers=headers | {"Idempotency-Key": f"upload-{world.number():012}"},
        files={"file": (name, content)},
        data=fields,
    )


async def test_ghsa_57hf_x26f_5cmh_nobody_writes_expressions_that_we_evaluate(
    operations: list[Operation],
):
    """A user's jq expression stopped the service: no field takes an expression, all are bounded."""
    written = set()
    for operation in operations:
        for name in operation.body.get("properties", {}) if operation.media == JSON else ():
            if WRITTEN.search(name):
                written.add(f"{operation} {name}")

    assert written == set()
    assert LIMITS.silence_seconds <= 60


async def test_ghsa_7jgm_gwhh_jp8v_published_names_come_back_as_text(world: World):
    """A published type's name ran as a script in the administration: it is kept as it was typed.

    What pages make of it is tried in ``tests/frontend/test_every_page.py`` for every page.
    """
    rig: Rig = world.membership
    made = await rig.post(LI, f"/unions/{TOWN}/posters", {"label": SCRIPT})
    assert made.status_code in {201, 422}

    for path in (f"/unions/{TOWN}", f"/unions/{TOWN}/poster-code", "/unions"):
        answer = await rig.get(LI, path)
        assert answer.headers["content-type"] == "application/json"
        assert answer.headers["x-content-type-options"] == "nosniff"
