"""Keep the members of each union counted, because every desk shows them.

Counting 100,000 members takes a tenth of a second, and more of the processor than all else on the
page. Triggers write what a statement changed as rows of their own, so that admissions at one union
never wait for each other; now and then a union's rows are folded into their sums.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003_count_members"
down_revision = "0002_create_imports"
branch_labels = None
depends_on = None

SCHEMA = "membership"

# A person's sex is entered once, with the person; nothing changes it afterwards.
COUNT = """
create function membership.count_members_EVENT() returns trigger language plpgsql as $$
declare
    touched text[];
begin
    with summed as (
        insert into membership.member_counts (union_path, state, group_code, sex, members)
        select changes.union_path, changes.state, changes.group_code, people.sex, sum(changes.n)
        from (CHANGES) as changes
        join membership.people on people.id = changes.person_id
        group by 1, 2, 3, 4
        having sum(changes.n) <> 0
        returning union_path
    )
    select array_agg(distinct union_path) into touched from summed;
    -- Each union's rows are folded about every fiftieth time; whoever does it waits for nobody.
    if random() < 0.02 then
        perform membership.fold_member_counts(touched);
    end if;
    return null;
end $$
"""
OLD = "select union_path, state, group_code, person_id, -1 as n from gone"
NEW = "select union_path, state, group_code, person_id, 1 as n from come"

FOLD = """
create function membership.fold_member_counts(paths text[]) returns void language sql as $$
    with taken as (
        delete from membership.member_counts
        where id = any(array(
            select id from membership.member_counts
            where union_path = any(paths)
            for update skip locked
        ))
        returning union_path, state, group_code, sex, members
    )
    insert into membership.member_counts (union_path, state, group_code, sex, members)
    select union_path, state, group_code, sex, sum(members) from taken
    group by 1, 2, 3, 4
    having sum(members) <> 0
$$
"""
# event, transition tables, what changed
TRIGGERS = (
    ("insert", "new table as come", NEW),
    ("update", "old table as gone new table as come", f"{OLD} union all {NEW}"),
    ("delete", "old table as gone", OLD),
)
SO_FAR = """
insert into membership.member_counts (union_path, state, group_code, sex, members)
select memberships.union_path, memberships.state, memberships.group_code, people.sex, count(*)
from membership.memberships join membership.people on people.id = memberships.person_id
group by 1, 2, 3, 4
"""


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.create_table(
        "member_counts",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("union_path", sa.Text(collation="C"), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("group_code", sa.Text(), nullable=True),
        sa.Column("sex", sa.Text(), nullable=False),
        sa.Column("members", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member_counts")),
        schema=SCHEMA,
    )
    op.create_index("ix_member_counts_union_path", "member_counts", ["union_path"], schema=SCHEMA)
    op.create_index(
        "ix_memberships_joined_on",
        "memberships",
        ["joined_on", "union_path"],
        schema=SCHEMA,
        postgresql_where=sa.text("state = 'active'"),
    )
    op.execute(FOLD)
    for event, tables, changes in TRIGGERS:
        op.execute(COUNT.replace("EVENT", event).replace("CHANGES", changes))
        op.execute(
            f"create trigger {event}_is_counted after {event} on membership.memberships "
            f"referencing {tables} for each statement "
            f"execute function membership.count_members_{event}()"
        )
    op.execute(SO_FAR)


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    for event, _, _ in TRIGGERS:
        op.execute(f"drop trigger {event}_is_counted on membership.memberships")
        op.execute(f"drop function membership.count_members_{event}()")
    op.execute("drop function membership.fold_member_counts(text[])")
    op.drop_index("ix_memberships_joined_on", "memberships", schema=SCHEMA)
    op.drop_table("member_counts", schema=SCHEMA)
