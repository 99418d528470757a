"""Every column of bytes of the ``membership`` schema, and on which keys it hangs."""

from typing import Any

from sqlalchemy import Row

from services.chassis.data.rotation.columns import (
    BlindColumn,
    ByteColumns,
    SealedColumn,
    chassis_columns,
    table_of,
)
from services.chassis.data.sealed import Sealer
from services.membership.store.facts import Facts, open_facts
from services.membership.store.import_columns import gig_workers
from services.membership.store.import_rows import open_cells
from services.membership.store.tables import (
    CHASSIS,
    STAGING,
    Application,
    Consent,
    Import,
    ImportRow,
    Person,
    PersonKey,
)

PEOPLE, APPLICATIONS = table_of(Person).c, table_of(Application).c
ROWS, KEYS = table_of(ImportRow).c, table_of(PersonKey).c


def _facts(sealer: Sealer, table: str, row: Row[Any]) -> Facts:
    return open_facts(sealer, table, row.id, row.facts)


def _of_person(sealer: Sealer, row: Row[Any]) -> str:
    return f"{row.document_kind}:{_facts(sealer, 'people', row).document}"


def _of_applicant(sealer: Sealer, row: Row[Any]) -> str:
    return f"{row.document_kind}:{_facts(sealer, 'applications', row).document}"


def _of_row(sealer: Sealer, row: Row[Any]) -> str:
    names = (column.name for column in gig_workers())
    cells = dict(zip(names, open_cells(sealer, row).values, strict=True))
    return f"{cells['document_kind']}:{cells['document']}"


def _phone(table: str, digits: int) -> Any:
    def tell(sealer: Sealer, row: Row[Any]) -> str:
        return _facts(sealer, table, row).phone[-digits:]

    return tell


PERSON = (PEOPLE.id, PEOPLE.facts)
APPLICANT = (APPLICATIONS.id, APPLICATIONS.facts)
WHOLE, TAIL = 20, 4

COLUMNS = chassis_columns(CHASSIS) + ByteColumns(
    sealed=(
        SealedColumn(PEOPLE.facts, "people:{id}:facts"),
        SealedColumn(APPLICATIONS.facts, "applications:{id}:facts"),
        SealedColumn(ROWS.cells, "import_rows:{import_id}:{number}:cells"),
        SealedColumn(table_of(Consent).c.guardian, "consents:{id}:guardian"),
    ),
    blind=(
        BlindColumn(
            KEYS.blind,
            "document",
            (PEOPLE.id, PEOPLE.facts, PEOPLE.document_kind),
            _of_person,
            joined=(table_of(Person), PEOPLE.id == KEYS.person_id),
        ),
        BlindColumn(
            APPLICATIONS.document_key,
            "document",
            (*APPLICANT, APPLICATIONS.document_kind),
            _of_applicant,
        ),
        BlindColumn(
            ROWS.document_key, "document", (ROWS.import_id, ROWS.number, ROWS.cells), _of_row
        ),
        BlindColumn(PEOPLE.phone_key, "phone", PERSON, _phone("people", WHOLE)),
        BlindColumn(PEOPLE.phone_tail, "phone-tail", PERSON, _phone("people", TAIL)),
        BlindColumn(APPLICATIONS.phone_key, "phone", APPLICANT, _phone("applications", WHOLE)),
        BlindColumn(APPLICATIONS.phone_tail, "phone-tail", APPLICANT, _phone("applications", TAIL)),
    ),
    # The staging table's rows live for one transaction, which a change of keys waits for.
    plain=(
        table_of(Import).c.sha256,
        STAGING.c.document_key,
        STAGING.c.phone_key,
        STAGING.c.phone_tail,
        STAGING.c.facts,
    ),
)
