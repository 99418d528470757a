"""What an API client may do is a set of scopes, carried wherever its identity goes."""

from dataclasses import replace
from uuid import UUID

import pytest

from services.chassis.edge.assertions import (
    load_key,
    read_actor,
    read_user,
    sign_actor,
    sign_user,
)
from services.chassis.kernel.actors import ANONYMOUS, Actor, Kind, actor_facts, actor_from
from services.chassis.kernel.clock import utc_now
from services.chassis.kernel.refusals import Forbidden, Unauthenticated

NOW = utc_now()
WRITE = "membership:applications.write"
PLATFORM = Actor(
    Kind.SERVICE, UUID(int=9), name="顺路跑腿", client=str(UUID(int=9)), scopes=frozenset({WRITE})
)


def test_a_client_with_the_scope_passes():
    PLATFORM.require_scope(WRITE)

    assert PLATFORM.scopes == {WRITE}


def test_a_client_without_the_scope_is_told_which_one_is_missing():
    with pytest.raises(Forbidden) as refused:
        PLATFORM.require_scope("membership:members.read")

    assert refused.value.detail == (
        "接入方没有“membership:members.read”这项接口权限，请联系平台的安全员授权，再重新取得凭证。"
    )
    assert refused.value.context == {"scope": "membership:members.read"}


def test_nobody_is_asked_for_a_credential_first():
    with pytest.raises(Unauthenticated):
        ANONYMOUS.require_scope(WRITE)


def test_tokens_and_assertions_carry_the_scopes(keys_dir, trust):
    identity, gateway = load_key(keys_dir / "identity.jwk"), load_key(keys_dir / "gateway.jwk")

    token = sign_user(identity, PLATFORM, NOW)
    assertion = sign_actor(gateway, PLATFORM, "membership", NOW)

    assert read_user(token, trust, NOW) == PLATFORM
    assert read_actor(assertion, trust, "membership", NOW) == PLATFORM


def test_facts_written_before_there_were_scopes_hold_none():
    facts = actor_facts(PLATFORM)
    del facts["scopes"]

    assert actor_from(facts) == replace(PLATFORM, scopes=frozenset())
