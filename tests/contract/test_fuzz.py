"""Whatever is sent to any operation, the answer is documented, and it is never a 500 (INP-01)."""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case
from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance

from services.chassis.edge.assertions import load_key, sign_actor
from services.chassis.kernel.actors import Actor, Kind, Role
from services.chassis.kernel.clock import utc_now
from tests.clusters import TestDatabase
from tests.contract.served import served
from tests.people import CHEN, TOWN, TOWN_PATH

SERVICES = ("identity", "membership")
# A server's event stream is watched, not called and compared.
STREAMS = {"/v1/imports/{import_id}/progress"}
EVERYTHING = Actor(
    Kind.STAFF,
    TOWN,
    "全权",
    TOWN,
    TOWN_PATH,
    "唐桥镇总工会",
    frozenset(Role) - {Role.WORKER, Role.SERVICE, Role.SYSTEM},
    auth="password+totp",
    session=TOWN,
)


@pytest.fixture(params=SERVICES)
def service(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def address(service: str, database: TestDatabase, keys_dir: Path, tmp_path: Path) -> Iterator[str]:
    made = import_module(f"services.{service}.settings").Settings(
        mode="local",
        database_url=database.url(service),
        private_key=keys_dir / f"{service}.jwk",
        trust=keys_dir / "trust.jwks",
        keys=keys_dir / "kek.json",
        webhook_secret_file=keys_dir / "webhook.secret",
        data_dir=tmp_path,
        identity_url="http://127.0.0.1:9",
    )
    with served(import_module(f"services.{service}.app").create_app(made)) as url:
        yield url


def fuzz(service: str, address: str, keys: Path, examples: int) -> int:
    """Every operation, as somebody who may do everything and as a worker; how many calls."""
    key = load_key(keys / "gateway.jwk")
    schema = schemathesis.openapi.from_url(f"{address}/openapi.json")
    calls, faults = 0, []
    for result in schema.get_all_operations():
        operation = result.ok()
        if operation.path in STREAMS:
            continue

        @settings(
            max_examples=examples,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
            derandomize=examples < 200,
        )
        @given(case=operation.as_strategy())
        def check(case: Case) -> None:
            nonlocal calls
            actor = CHEN if calls % 5 == 4 else EVERYTHING
            token = sign_actor(key, actor, service, utc_now())
            calls += 1
            case.call_and_validate(
                headers={"Authorization": f"Bearer {token}"},
                # A 500 is never documented, so this finds it; a 503 is, where a peer is needed.
                checks=[status_code_conformance, response_schema_conformance],
            )

        try:
            check()
        except BaseExceptionGroup as found:
            faults.append(f"{operation.method} {operation.path}: {_told(found)}")
    assert not faults, "\n".join(faults)
    return calls


def _told(found: BaseExceptionGroup[BaseException]) -> str:
    """What went wrong, without the traceback's pages."""
    return "; ".join(sorted({str(fault).replace("\n", " ")[:300] for fault in found.exceptions}))


def test_twenty_odd_calls_to_every_operation(service, address, keys_dir):
    assert fuzz(service, address, keys_dir, examples=20) > 200


@pytest.mark.prove
def test_two_hundred_odd_calls_to_every_operation(service, address, keys_dir):
    assert fuzz(service, address, keys_dir, examples=200) > 2000
