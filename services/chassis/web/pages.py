"""Pages of a list: how they are asked for and what they look like."""

from typing import Annotated, Generic, TypeVar

from fastapi import Query
from pydantic import BaseModel, Field

from services.chassis.data.pages import MAX_LIMIT, Cut

T = TypeVar("T")


class Page(BaseModel, Generic[T]):
    """``next`` is the cursor of the following page, or null at the end."""

    items: list[T]
    next: str | None = None


class PageRequest(BaseModel):
    limit: int = Field(20, ge=1, le=MAX_LIMIT, description="每页条数")
    after: str | None = Field(None, max_length=600, description="上一页给出的 next")

    @property
    def cut(self) -> Cut:
        return Cut(self.limit, self.after)


PageQuery = Annotated[PageRequest, Query()]
