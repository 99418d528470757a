"""What other systems sent, by their own references."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.membership.store.schema import Base


class PlatformItem(Base):
    """One person whom a client sent once; the reference is the client's, and means nothing here.

    Where somebody else's application for the same document waited already, that one is followed
    and is not the client's own: its course stays untold (M-21).
    """

    __tablename__ = "platform_items"
    __table_args__ = (
        Index("ix_platform_items_received_at", "client_id", "received_at", "reference"),
    )

    client_id: Mapped[UUID] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    application_id: Mapped[UUID | None]
    is_own: Mapped[bool]
    received_at: Mapped[datetime]
