"""A platform company's own server: registered by two people, it enrols its riders by itself."""

import json
import time
from itertools import islice
from pathlib import Path
from uuid import uuid4

import httpx
from joserfc import jwt
from joserfc.jwk import OKPKey

from deploy.demo.office import Desk, Json
from deploy.demo.people import Courier
from deploy.demo.stage import RIDERS, Stage, expect
from deploy.private import write_private

COMPANY = "顺路跑腿"
KEY_FILE = "demo-platform.json"
ALGORITHM = "Ed25519"
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
SCOPES = ("membership:applications.write", "membership:applications.read")
CLIENTS = "/identity/v1/clients"
BATCHES = "/membership/v1/applications/batches"
RIDERS_AT_ONCE = 20
TERMS = {"allow_list": [], "per_minute": 120, "concurrent": 4, "requires_signature": False}


def register_company(administrator: Desk, officer: Desk, union_id: str, home: Path) -> None:
    """The administrator registers, the security officer grants; the key stays in a private file."""
    key = OKPKey.generate_key("Ed25519")
    contact = {"name": "周接口", "phone": "13900000000"}
    company = {"name": COMPANY, "kind": "platform", "union_id": union_id, "contact": contact}
    made = administrator.post(CLIENTS, company | TERMS)
    path = f"{CLIENTS}/{made['id']}"
    administrator.post(f"{path}/keys", {"jwk": key.as_dict(private=False)})
    version = officer.get(path)["version"]
    officer.send("PUT", f"{path}/scopes", {"scopes": list(SCOPES)}, version)
    kept = {"client_id": made["id"], "union_id": union_id, "jwk": key.as_dict(private=True)}
    write_private(home / KEY_FILE, json.dumps(kept))


def send_riders(stage: Stage) -> None:
    """A token for ten minutes, twenty riders, and the same twenty once more."""
    kept = json.loads((stage.home / KEY_FILE).read_text())
    server = Desk(stage.http, token_of(stage.http, kept))
    stage.tell(f"“{COMPANY}”的服务器用自己的私钥换到 10 分钟的令牌")
    texts = stage.nobody().get("/membership/v1/consent-texts")["items"]
    people = islice(stage.people(RIDERS), RIDERS_AT_ONCE)
    items = [_item(person, stage.seed, at, kept, texts) for at, person in enumerate(people)]
    answer = server.post(BATCHES, {"items": items})
    expect("受理的骑手", (answer["received"], answer["refused"]), (RIDERS_AT_ONCE, 0))
    stage.tell(f"一次送来 {len(items)} 名骑手，逐人答复，都已受理，等工会审核")
    again = server.post(BATCHES, {"items": items})
    expect("再送一次", (again["received"], again["existed"]), (0, RIDERS_AT_ONCE))
    stage.tell("同一批再送一次：一个也没有多")


def token_of(http: httpx.Client, kept: Json) -> str:
    """What a client gets for its own proof, good for ten minutes."""
    server = http.get("/.well-known/oauth-authorization-server").raise_for_status().json()
    now = int(time.time())
    claims = {
        "iss": kept["client_id"],
        "sub": kept["client_id"],
        "aud": server["issuer"],
        "iat": now,
        "exp": now + 60,
        "jti": uuid4().hex,
    }
    key = OKPKey.import_key(kept["jwk"])
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": ASSERTION,
        "client_assertion": jwt.encode({"alg": ALGORITHM}, claims, key, algorithms=[ALGORITHM]),
    }
    answer = http.post("/api/identity/v1/oauth/token", data=form).raise_for_status()
    return str(answer.json()["access_token"])


def _item(person: Courier, telling: int, at: int, kept: Json, texts: list[Json]) -> Json:
    required = [text for text in texts if text["is_required"]]
    return {
        "reference": f"rider-{telling}-{at}",
        "union_id": kept["union_id"],
        "name": person.name,
        "document": person.id_number,
        "phone": person.phone,
        "group_code": "G06",
        "platforms": [COMPANY],
        "relation": "partial",
        "consents": [
            {"text_id": t["id"], "version": t["version"], "evidence": f"sign-{telling}-{at}"}
            for t in required
        ],
    }
