"""The worker's part of the story: from the poster to a card that another phone verifies."""

from dataclasses import dataclass

from deploy.demo import county
from deploy.demo.office import Desk, Json
from deploy.demo.people import Courier
from deploy.demo.stage import JOINER, Stage, expect

APPLICATIONS = "/membership/v1/applications"


@dataclass(frozen=True, slots=True)
class Worker:
    """Somebody with a phone in the hand, logged in, and what they applied for."""

    desk: Desk
    person: Courier
    application: Json


def join_by_poster(stage: Stage) -> Worker:
    """The poster hangs in the station; everything else happens on the phone."""
    person, nobody = next(stage.people(JOINER)), stage.nobody()
    code = _poster(stage)
    poster = nobody.get(f"/membership/v1/posters/{code}")
    stage.tell(f"扫海报 {code}：{poster['union']['name']}")
    answers = {"relation": "partial", "has_employer_union": False}
    way = nobody.post("/membership/v1/enrolment-paths", answers)
    stage.tell(f"两个问题：{way['label']}（{way['rule']}）")
    desk = log_in_by_phone(stage, person.phone)
    body = _application(person, code, nobody.get("/membership/v1/consent-texts")["items"])
    made = desk.post(APPLICATIONS, body | {"situation": answers})
    handed = desk.send("PUT", f"{APPLICATIONS}/{made['id']}/submission", None, made["version"])
    expect("提交后的状态", handed["state"], "submitted")
    stage.tell(f"提交申请 {handed['number']}，{handed['clocks'][0]['due_on']} 前答复")
    return Worker(desk, person, handed)


def log_in_by_phone(stage: Stage, phone: str) -> Desk:
    stage.nobody().post("/identity/v1/phone-codes", {"phone": phone})
    body = {"phone": phone, "code": stage.phone_code(phone)}
    entered = stage.nobody().post("/identity/v1/worker-sessions", body)
    stage.tell(f"手机验证码登录：{entered['person']['masked_phone']}")
    return Desk(stage.http, entered["access_token"])


def follow(stage: Stage, worker: Worker, state: str) -> None:
    """The worker looks how the own application stands."""
    (mine,) = worker.desk.get(f"{APPLICATIONS}/mine")["items"]
    expect("本人看到的申请", (mine["id"], mine["state"]), (worker.application["id"], state))
    history = worker.desk.get(f"{APPLICATIONS}/{mine['id']}")["history"]
    steps = " → ".join(step["label"] for step in history)
    stage.tell(f"查看进度：{mine['state_label']}（{steps}）")


def show_card(stage: Stage, worker: Worker) -> None:
    """Another phone, without any log-in, scans the card; a card with one wrong sign is refused."""
    card = worker.desk.get("/membership/v1/members/mine/card")
    expect("会员证上的姓名", card["name"], worker.person.name)
    stage.tell(f"打开电子会员证：会员号 {card['number']}，{card['union']}")
    seen = verify(stage, card["token"])
    expect("验证结果", (seen["valid"], seen["union"]), (True, card["union"]))
    forged = verify(stage, _altered(card["token"]))
    expect("改动过的二维码", (forged["valid"], forged["name"]), (False, ""))
    stage.tell(
        f"另一部手机验证：真实有效，{seen['name']}；改动一个字符即被识破：{forged['reason']}"
    )


def verify(stage: Stage, token: str) -> Json:
    return stage.nobody().post("/membership/v1/card-verifications", {"token": token})


def _poster(stage: Stage) -> str:
    """As the office printed it."""
    union = stage.union(county.catching_union(county.STORY_TOWN))
    made = stage.desk("li.jingban").get(f"/membership/v1/unions/{union['id']}/poster-code")
    stage.tell(f"李经办登录（密码和动态码），打印海报：{made['url']}")
    return str(made["code"])


def _application(person: Courier, poster: str, texts: list[Json]) -> Json:
    return {
        "poster": poster,
        "person": {
            "name": person.name,
            "document": {"kind": "111", "number": person.id_number},
            "address": person.address,
        },
        "group_code": person.group_code,
        "platforms": [person.platform],
        "work_division": county.DIVISION,
        "consents": [{"text_id": text["id"], "version": text["version"]} for text in texts],
    }


def _altered(token: str) -> str:
    middle = len(token) // 2
    return token[:middle] + ("A" if token[middle] != "A" else "B") + token[middle + 1 :]
