"""The mini-program's platform on a demonstration machine: codes are what they say."""

from services.chassis.kernel.identifiers import InvalidIdentifier, parse_mobile
from services.identity.domain.mini_program import MiniProgramRefused, Opener

PREFIX = "local-"


class LocalMiniProgram:
    """A log-in code ``local-NAME`` is the opener NAME; a phone code is the phone."""

    def __init__(self, mode: str) -> None:
        if mode != "local":
            raise ValueError("made-up openers exist in mode local only")

    async def identify(self, code: str) -> Opener:
        if not code.startswith(PREFIX):
            raise MiniProgramRefused
        return Opener(code)

    async def phone_of(self, code: str) -> str:
        try:
            return parse_mobile(code)
        except InvalidIdentifier as error:
            raise MiniProgramRefused from error
