"""A client that a generator makes of the served document works as it is (OPS-06)."""

import importlib
import json
import subprocess
import sys
from contextlib import closing
from itertools import islice
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest

from deploy.demo import county
from deploy.demo.platform_company import KEY_FILE, token_of
from deploy.demo.stage import JOINER, open_stage
from services.chassis.kernel.ids import new_id
from tests.platform import Platform

PACKAGE = "generated_niangjia"


@pytest.fixture(scope="module")
def generated(platform: Platform, tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("client")
    served = httpx.get(f"{platform.url}/api/openapi.json", timeout=20).raise_for_status()
    (folder / "openapi.json").write_bytes(served.content)
    (folder / "config.yml").write_text("post_hooks: []\n")
    subprocess.run(
        [
            *(sys.executable, "-m", "openapi_python_client", "generate", "--meta", "none"),
            *("--path", "openapi.json", "--config", "config.yml", "--output-path", PACKAGE),
        ],
        cwd=folder,
        check=True,
        capture_output=True,
        timeout=60,
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(folder)
        yield importlib.import_module(PACKAGE)


def operation(name: str) -> ModuleType:
    return importlib.import_module(f"{PACKAGE}.api.{name}")


def model(name: str) -> Any:
    return getattr(importlib.import_module(f"{PACKAGE}.models"), name)


def test_a_worker_joins_and_follows_it_through_a_generated_client(
    platform: Platform, generated: Any, tmp_path: Path
) -> None:
    stage = open_stage(Path(platform.home), platform.url, tmp_path)
    with closing(stage.http), generated.Client(base_url=platform.url) as nobody:
        (person,) = islice(stage.people(JOINER), 1)
        union = stage.union(county.catching_union(county.STORY_TOWN))
        operation("identityworkers.identity_ask_v1_phone_codes_post").sync_detailed(
            client=nobody, body=model("IdentityPhoneCodeIn").from_dict({"phone": person.phone})
        )
        code = {"phone": person.phone, "code": stage.phone_code(person.phone)}
        entered = operation("identityworkers.identity_log_in_v1_worker_sessions_post").sync(
            client=nobody, body=model("IdentityWorkerLogInIn").from_dict(code)
        )
        texts = operation("membershipconsents.membership_texts_v1_consent_texts_get").sync(
            client=nobody
        )
    asked = {
        "union_id": union["id"],
        "person": {"name": person.name, "document": {"kind": "111", "number": person.id_number}},
        "group_code": person.group_code,
        "platforms": [person.platform],
        "situation": {"relation": "partial"},
        "consents": [{"text_id": str(t.id), "version": t.version} for t in texts.items],
    }
    worker = generated.AuthenticatedClient(base_url=platform.url, token=entered.access_token)
    with worker:
        made = operation("membershipapplications.membership_prepare_v1_applications_post").sync(
            client=worker,
            body=model("MembershipApplicationIn").from_dict(asked),
            idempotency_key=str(new_id()),
        )
        mine = operation("membershipapplications.membership_mine_v1_applications_mine_get").sync(
            client=worker
        )

    assert [(one.id, one.state) for one in mine.items] == [(made.id, made.state)]


def test_another_system_lists_its_applications_through_a_generated_client(
    platform: Platform, generated: Any
) -> None:
    kept = json.loads((Path(platform.home) / KEY_FILE).read_text())
    with httpx.Client(base_url=platform.url, timeout=30) as http:
        token = token_of(http, kept)

    with generated.AuthenticatedClient(base_url=platform.url, token=token) as system:
        listed = operation(
            "membershipplatforms.membership_results_v1_applications_batches_results_get"
        ).sync_detailed(client=system)

    assert (listed.status_code, type(listed.parsed.items)) == (200, list)
