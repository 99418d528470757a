"""Hot reads past the engine answer as the engine would, and fail as it would."""

import asyncpg
import pytest
from sqlalchemy import Text, bindparam, column, func, literal, select
from sqlalchemy.exc import DBAPIError

from services.chassis.data.direct import Statement, open_direct

ONE = Statement(
    select(
        bindparam("word", type_=Text).label("word"),
        literal("fixed").label("always"),
        func.current_setting("statement_timeout").label("patience"),
    )
)
BROKEN = Statement(select(column("nothing")))
ENDED = Statement(select(func.pg_terminate_backend(func.pg_backend_pid()).label("ended")))


@pytest.fixture
async def direct(database):
    url = database.url("membership")
    opened = await open_direct(
        url, 2, patience=2, answer_within=9, server_settings={"statement_timeout": "7000"}
    )
    yield opened
    await opened.close()


async def test_rows_have_names_and_fixed_values_are_filled_in(direct):
    rows = await direct.rows(ONE, {"word": "王小虎"})

    assert [(row.word, row.always, row.patience) for row in rows] == [("王小虎", "fixed", "7s")]


async def test_a_statement_that_fails_raises_what_the_engine_raises(direct):
    with pytest.raises(DBAPIError) as raised:
        await direct.rows(BROKEN, {})

    assert isinstance(raised.value.orig, asyncpg.PostgresError)
    assert raised.value.orig.sqlstate == "42703"
    assert not raised.value.connection_invalidated


async def test_a_lost_connection_is_told_as_lost_and_the_next_read_works(direct):
    with pytest.raises(DBAPIError) as raised:
        await direct.rows(ENDED, {})

    assert raised.value.connection_invalidated or raised.value.orig.sqlstate == "57P01"
    assert (await direct.rows(ONE, {"word": "again"}))[0].word == "again"
