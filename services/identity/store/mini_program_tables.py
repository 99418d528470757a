"""Rows about workers who come through the mini-program."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from services.chassis.data.tables import Entity
from services.identity.store.schema import Base


class MiniProgramLink(Entity, Base):
    """Which opener of the mini-program is which worker; both ids are found by blind index only."""

    __tablename__ = "mini_program_links"
    __table_args__ = (
        Index("uq_mini_program_links_openid_key", "openid_key", unique=True),
        Index("ix_mini_program_links_unionid_key", "unionid_key"),
        Index("ix_mini_program_links_worker_id", "worker_id"),
    )

    worker_id: Mapped[UUID] = mapped_column(ForeignKey("identity.workers.id"))
    openid_key: Mapped[bytes]
    openid_sealed: Mapped[bytes]
    unionid_key: Mapped[bytes | None]
    unionid_sealed: Mapped[bytes | None]
    linked_at: Mapped[datetime]
