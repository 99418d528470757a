"""Identifiers: UUIDv7, made in the application, telling when a row was made and nothing else."""

from uuid import UUID

import uuid_utils.compat


def new_id() -> UUID:
    """A fresh UUIDv7; ids of one process sort in the order in which they were made."""
    return uuid_utils.compat.uuid7()
