"""What must hold whenever the platform rests, whoever was killed before.

Each check is a statement whose rows are the faults; an empty answer is what is hoped for.
"""

import time
from collections.abc import Mapping

from tests.faults.client import Person
from tests.faults.rig import Rig

SETTLED_WITHIN = 150.0

# What is still to be done; empty when the platform has come to rest.
# fmt: off
UNFINISHED: Mapping[str, str] = {
    "jobs": "select id, kind, state, attempts from membership.jobs where state in ('queued', 'running')",  # noqa: E501
    "deliveries": "select event_seq, hearer, attempts, due_at from membership.deliveries where delivered_at is null",  # noqa: E501
}

DOUBLED: Mapping[str, str] = {
    "members of one person": "select person_id, count(*) from membership.memberships group by 1 having count(*) > 1",  # noqa: E501
    "applications of one person": "select document_key, count(*) from membership.applications group by 1 having count(*) > 1",  # noqa: E501
    "member numbers": "select member_number, count(*) from membership.people where member_number is not null group by 1 having count(*) > 1",  # noqa: E501
    "steps": "select application_id, action, count(*) from membership.application_steps group by 1, 2 having count(*) > 1",  # noqa: E501
    "audit rows": """select subject, action, count(*) from membership.audit
                     where subject_kind in ('application', 'union') or action in
                     ('import.received', 'import.confirmed', 'import.checked', 'import.finished',
                      'batch.decision-requested')
                     group by 1, 2 having count(*) > 1""",
    "facts of one subject": "select topic, subject, count(*) from membership.outbox where topic <> 'membership.batch.applied' group by 1, 2 having count(*) > 1",  # noqa: E501
    "members told of in batches": """
        select member, count(*) from membership.outbox,
        jsonb_array_elements_text(data->'membership_ids') member
        where topic = 'membership.batch.applied' group by 1 having count(*) > 1""",
    "names of unions": "select name, count(*) from membership.unions group by 1 having count(*) > 1",  # noqa: E501
    "cards": "select membership_id, count(*) from membership.cards group by 1 having count(*) > 1",
}

HALF_DONE: Mapping[str, str] = {
    "admitted without membership": """
        select a.id from membership.applications a left join membership.memberships m
        on m.id = a.membership_id and m.application_id = a.id
        where (a.state = 'admitted') <> (m.id is not null)""",
    "membership without its person's number": """
        select m.id from membership.memberships m join membership.people p on p.id = m.person_id
        where p.member_number is null""",
    "application without its audit": """
        select a.id from membership.applications a where a.channel <> 'batch' and not exists
        (select from membership.audit where subject = a.id and action = 'application.prepared')""",
    "state without its step": """
        select a.id, a.state from membership.applications a where a.state <> 'draft' and not exists
        (select from membership.application_steps s
         where s.application_id = a.id and s.after = a.state)""",
    "step without its audit": """
        select s.application_id, s.action from membership.application_steps s
        join membership.applications a on a.id = s.application_id and a.channel <> 'batch'
        where not exists (select from membership.audit u where u.subject = s.application_id
        and u.action in ('application.' || s.action, 'application.prepared'))""",
    "admission that nobody was told of": """
        select (select count(*) from membership.memberships),
               (select count(*) from membership.outbox
                where topic = 'membership.member.admitted')
             + (select coalesce(sum(jsonb_array_length(data->'membership_ids')), 0)
                from membership.outbox where topic = 'membership.batch.applied'
                and data->>'outcome' = 'admitted')
        where (select count(*) from membership.memberships) <>
               (select count(*) from membership.outbox
                where topic = 'membership.member.admitted')
             + (select coalesce(sum(jsonb_array_length(data->'membership_ids')), 0)
                from membership.outbox where topic = 'membership.batch.applied'
                and data->>'outcome' = 'admitted')""",
    "waiting without a deadline": """
        select a.id from membership.applications a where a.state = 'submitted' and not exists
        (select from membership.deadlines d where d.subject = a.id and d.kind = 'review')""",
    "fact that its hearer does not have": """
        select o.id, d.hearer from membership.outbox o join membership.deliveries d
        on d.event_seq = o.seq and d.hearer = 'identity' where not exists
        (select from identity.inbox i where i.id = o.id and i.source = 'membership')""",
    "union that identity does not know": """
        select u.id from membership.unions u left join identity.unions i
        on i.id = u.id and i.name = u.name where i.id is null""",
    "sheet that did not end": """
        select id, state from membership.imports
        where state in ('received', 'checking', 'applying', 'undoing')""",
    "job given up": "select id, kind, error_code from membership.jobs where state = 'failed'",
    "staging not swept": "select row_number from membership.import_staging",
}

# What is counted while it happens, against what is there.
COUNTED: Mapping[str, str] = {
    "members by union": """
        select union_path, counted, found from
        (select union_path, sum(members) counted from membership.member_counts
         where state = 'active' group by 1) c full join
        (select union_path, count(*) found from membership.memberships
         where state = 'active' group by 1) m using (union_path)
        where coalesce(counted, 0) <> coalesce(found, 0)""",
    "rows of sheets": """
        select i.id, i.total, i.applied from membership.imports i
        where i.total <> (select count(*) from membership.import_rows r where r.import_id = i.id)
        or i.applied + i.undone + i.kept <>
        (select count(*) from membership.applications a where a.batch_id = i.id)""",
    "numbers given out": """
        select * from
        (select sum(last) given from membership.number_series where kind = 'member') s,
        (select count(member_number) found from membership.people) p
        where coalesce(given, 0) <> found""",
}
# fmt: on


def settle(rig: Rig) -> float:
    """Wait until nothing is under way any more; answers how long that took."""
    began = time.monotonic()
    while True:
        left = {name: rows for name, q in UNFINISHED.items() if (rows := rig.query(q))}
        if not left:
            return time.monotonic() - began
        if time.monotonic() - began > SETTLED_WITHIN:
            raise AssertionError(f"did not come to rest: {left}")
        time.sleep(0.5)


def faults(rig: Rig, auditor: Person) -> dict[str, list[str]]:
    """Everything that is doubled, half done or miscounted, and what the audit's chain says."""
    found: dict[str, list[str]] = {"doubled": [], "half done": [], "miscounted": [], "audit": []}
    for kind, table in (("doubled", DOUBLED), ("half done", HALF_DONE), ("miscounted", COUNTED)):
        for name, query in table.items():
            found[kind] += [f"{name}: {row}" for row in rig.query(query)]
    for service in ("identity", "membership"):
        chain = auditor.get(f"/{service}/v1/audit/verification")
        if not chain["intact"]:
            found["audit"].append(f"{service}: {chain['problems']}")
    return found
