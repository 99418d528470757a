"""Every column of bytes is declared, so that a change of keys leaves none behind (PII-03)."""

from importlib import import_module

import pytest
from sqlalchemy import LargeBinary

SERVICES = ("identity", "membership")


@pytest.mark.parametrize("service", SERVICES)
def test_every_column_of_bytes_is_declared_once(service):
    tables = import_module(f"services.{service}.store.tables").Base.metadata.tables.values()
    columns = import_module(f"services.{service}.store.byte_columns").COLUMNS
    there = {
        f"{table.name}.{column.name}"
        for table in tables
        for column in table.columns
        if isinstance(column.type, LargeBinary) or column.type.python_type is bytes
    }

    assert columns.declared == there
    kept = (*columns.sealed, *columns.blind, *columns.fleeting)
    assert len(kept) + len(columns.plain) == len(there)


@pytest.mark.parametrize("service", SERVICES)
def test_every_place_names_its_table_and_its_whole_key(service):
    columns = import_module(f"services.{service}.store.byte_columns").COLUMNS

    for one in columns.sealed:
        table = one.column.table
        assert one.place.startswith(f"{table.name}:")
        assert all(f"{{{key.name}}}" in one.place for key in table.primary_key.columns)
