"""Create the register: unions, people, memberships, applications, consents, and name search."""

import json
from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations import chassis
from migrations.membership_v1 import applications, consents, memberships, people, unions

revision = "0001_create_membership"
down_revision = None
branch_labels = None
depends_on = None

TABLES = (
    "register_checks",
    "consents",
    "consent_texts",
    "application_steps",
    "applications",
    "cards",
    "membership_changes",
    "memberships",
    "person_keys",
    "people",
    "parameters",
    "number_series",
    "union_posters",
    "unions",
)

BIGRAMS = """
create function membership.bigrams(words text) returns text[]
language sql immutable strict parallel safe as $$
    select coalesce(array_agg(distinct substr(words, at, 2)), '{}')
    from generate_series(1, greatest(length(words) - 1, 1)) as at
$$
"""

CONSENT_TEXTS = sa.table(
    "consent_texts",
    sa.column("id", sa.Uuid),
    sa.column("purpose", sa.Text),
    sa.column("version", sa.Text),
    sa.column("title", sa.Text),
    sa.column("body", sa.Text),
    sa.column("items", postgresql.ARRAY(sa.Text)),
    sa.column("recipients", postgresql.ARRAY(sa.Text)),
    sa.column("is_required", sa.Boolean),
    sa.column("is_sensitive", sa.Boolean),
    sa.column("valid_from", sa.Date),
    sa.column("made_by", sa.Uuid),
    sa.column("made_at", sa.DateTime(timezone=True)),
    schema="membership",
)


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    chassis.create_v1("membership")
    op.execute(BIGRAMS)
    unions.create()
    people.create()
    memberships.create()
    applications.create()
    consents.create()
    publish_texts()


def publish_texts() -> None:
    """The first consent texts; a text that was agreed to is never changed, only followed (S-16)."""
    shipped = Path(__file__).parent.parent / "membership_v1" / "consent_texts.json"
    system = sa.text("'00000000-0000-0000-0000-000000000001'")
    for words in json.loads(shipped.read_text(encoding="utf-8")):
        lists = {name: listed(words.pop(name)) for name in ("items", "recipients")}
        made = {"made_by": system, "made_at": sa.func.now()}
        op.execute(CONSENT_TEXTS.insert().values(**words, **lists, **made))


def listed(words: list[str]) -> sa.ColumnElement[list[str]]:
    return sa.cast(postgresql.array(words, type_=sa.Text), postgresql.ARRAY(sa.Text))


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    for table in TABLES:
        op.drop_table(table, schema="membership")
    op.execute("drop function membership.bigrams(text)")
    chassis.drop_v1("membership")
