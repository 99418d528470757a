"""Rows about the keys with which identity signs user tokens."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.chassis.data.tables import Entity
from services.identity.store.schema import Base


class UserTokenKey(Entity, Base):
    """One key; its state follows from these instants and from those of the keys after it."""

    __tablename__ = "user_token_keys"
    __table_args__ = (Index("ix_user_token_keys_signs_from", "signs_from"),)

    public: Mapped[dict[str, Any]] = mapped_column(JSONB)
    private_sealed: Mapped[bytes]
    made_at: Mapped[datetime]
    signs_from: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
