"""A request finds its service, and nothing that is inner is reached from outside."""

from pathlib import Path

from services.chassis.kernel.actors import Kind
from tests.service.gateway_rig import clerk, rig


async def test_request_with_a_token_reaches_the_service_as_that_person(tmp_path: Path) -> None:
    person = clerk()

    async with rig(tmp_path) as here:
        url = f"{here.url}/api/membership/v1/applications/7?state=draft&x=%E5%BC%A0"
        async with here.client.get(url, headers=here.as_(person)) as answer:
            assert answer.status == 200
            assert await answer.json() == {"heard": 0}

        assert here.membership.last["path"] == "/v1/applications/7?state=draft&x=%E5%BC%A0"
        assert here.told(here.membership) == person
        assert here.membership.last["headers"]["x-deadline-ms"] == "10000"
