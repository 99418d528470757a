"""Indexes that tell nothing, reads that cannot go unaudited, files that carry nothing along."""

import psycopg
import pytest

from tests.people import LI, WANG
from tests.service.membership_rig import Rig, resident_id, running

# The smallest JPEG that says where it was taken: only its head matters, nobody gets further.
PHOTO = (
    bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffe100") + b"\x16Exif\x00\x00GPS 31.8"
)


@pytest.fixture
async def rig(database, keys_dir, tmp_path):
    async with running(database, keys_dir, data_dir=tmp_path) as made:
        yield made


async def test_blind_indexes_have_a_key_of_their_own_and_show_no_likeness(rig: Rig):
    """PII-02: neighbours in the register are strangers in the index."""
    for number in (100, 102, 104):
        await rig.draft(number=number)
    sealer = rig.app.state.store.sealer

    keys = rig.rows("select document_key from membership.applications order by id")
    secrets = {key.purpose: key.secret for key in sealer.keys.values()}

    assert len({key for (key,) in keys}) == 3
    assert len({bytes(key)[:2] for (key,) in keys}) == 3
    assert secrets["seal"] != secrets["blind"]
    assert sealer.blind("phone", "0001") != sealer.blind("phone-tail", "0001")


async def test_what_cannot_be_audited_is_not_read(rig: Rig):
    """PII-05: the audit row and the answer are one statement."""
    member = await rig.admitted(number=1)
    reads = [
        (WANG, "get", f"/members/{member['membership_id']}", None),
        (WANG, "get", f"/people/{member['person_id']}", None),
        (WANG, "get", f"/applications/{member['id']}", None),
        (WANG, "post", "/members/searches", {"text": resident_id(1)}),
        (WANG, "post", "/members/searches", {"text": "陈小虎"}),
        (WANG, "post", "/applications/searches", {"text": "陈小虎"}),
        (LI, "post", "/register-checks", {"document": {"kind": "111", "number": resident_id(1)}}),
        (
            LI,
            "post",
            f"/people/{member['person_id']}/disclosures",
            {"purpose": "verify", "fields": ["phone"]},
        ),
    ]
    with psycopg.connect(rig.database.admin_url) as connection:
        connection.execute("revoke insert on membership.audit from membership_app")

    answers = [
        await (rig.get(actor, path) if how == "get" else rig.post(actor, path, body))
        for actor, how, path, body in reads
    ]

    assert [(answer.status_code, answer.json()["type"]) for answer in answers] == [
        (503, "/problems/unavailable")
    ] * len(reads)
    assert not any("陈小虎" in answer.text or "320" in answer.text for answer in answers)


async def test_what_cannot_be_audited_is_not_done(rig: Rig):
    draft = await rig.draft(number=1)
    with psycopg.connect(rig.database.admin_url) as connection:
        connection.execute("revoke insert on membership.audit from membership_app")

    answer = await rig.put(LI, f"/applications/{draft['id']}/submission")

    assert answer.status_code == 503
    assert rig.rows("select state from membership.applications") == [("draft",)]


async def test_a_photo_is_not_taken_and_leaves_nothing_behind(rig: Rig, tmp_path):
    """PII-10: only sheets are uploaded so far, so no picture's place or author can be kept."""
    answer = await rig.client.post(
        "/imports",
        headers=rig.as_(LI, Idempotency_Key="key-of-a-photo-0001"),
        files={"file": ("名单.xlsx", PHOTO)},
        data={"union_id": str(LI.union_id)},
    )

    assert answer.status_code == 422
    assert answer.json()["type"] == "/problems/sheet-refused"
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
