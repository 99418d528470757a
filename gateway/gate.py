"""Who are you, and may you knock again so soon."""

from collections.abc import Callable

from gateway.credentials import Credential, Tokens, bearer
from gateway.inbound import Call, limited_as, sane_address
from gateway.limits import Buckets, Reading, refuse
from gateway.partners import Content, Partners
from gateway.refusals import SignatureRefused
from gateway.routes import FRONTEND, Proof, Rule
from gateway.sessions import Sessions, session_cookie
from services.chassis.kernel.refusals import Unauthenticated


class Gate:
    """Credentials and limits of one call, in this order."""

    def __init__(
        self,
        tokens: Tokens,
        sessions: Sessions,
        partners: Partners,
        buckets: Buckets,
        tick: Callable[[], float],
    ) -> None:
        self._tokens = tokens
        self._sessions = sessions
        self._partners = partners
        self._buckets = buckets
        self._tick = tick

    async def hear(self, call: Call, rule: Rule, read: Content) -> bytes | None:
        """Check a signed request before anything else; guessing costs what a bad token costs."""
        try:
            return await self._partners.hear(call, rule, read)
        except SignatureRefused:
            self._knock(call, "bad-credential", call.address)
            raise

    async def admit(self, call: Call, rule: Rule) -> Credential | None:
        """The person, or None for somebody unknown; raises Unauthenticated or TooMany."""
        self._hear_frontend(call)
        person = self._partners.admit(call, await self._person(call, rule))
        self._count(call, rule, person)
        await self._partners.spend(call)
        self._partners.enter(call)
        return person

    def recognises(self, call: Call, rule: Rule) -> bool:
        """Whether ``hear`` and ``admit`` have nobody to ask and nothing to wait for."""
        if rule.proof is Proof.COOKIE:
            secret = session_cookie(call.header(b"cookie"))
            return not secret or self._sessions.knows(secret)
        if rule.proof is Proof.BEARER:
            given = call.headers.get(b"authorization")
            if given is not None:
                call.person = self._tokens.recall(given)
            is_known = given is None or call.person is not None
            return is_known and not self._partners.hears(call, rule)
        return True

    def _hear_frontend(self, call: Call) -> None:
        if b"x-client-assertion" not in call.headers:
            return
        token = call.header(b"x-client-assertion")
        if not token or self._tokens.client(token) != FRONTEND:
            return
        call.client = FRONTEND
        call.address = sane_address(call.header(b"x-forwarded-for").strip()) or call.address
        given = call.header(b"x-deadline-ms")
        if given.isdigit() and len(given) < 8:
            call.inner_deadline = int(given)

    async def _person(self, call: Call, rule: Rule) -> Credential | None:
        if call.person is not None:
            return call.person
        if rule.proof is Proof.BEARER and b"authorization" in call.headers:
            try:
                token = bearer(call.header(b"authorization"))
                await self._tokens.meet(token)
                person = self._tokens.user(token)
                self._tokens.remember(call.headers[b"authorization"], person)
                return person
            except Unauthenticated:
                self._knock(call, "bad-credential", call.address)
                raise
        if rule.proof is Proof.COOKIE:
            secret = session_cookie(call.header(b"cookie"))
            if secret:
                if not self._sessions.knows(secret):
                    self._knock(call, "exchange", call.address)
                return await self._sessions.person(secret)
        return None

    def _count(self, call: Call, rule: Rule, person: Credential | None) -> None:
        """The general limit counts the outer request only; a tight one counts where it is named."""
        if call.partner is not None:
            own = self._buckets.own("client", call.partner.per_minute)
            self._note(call, self._buckets.knock_by(own, call.partner.id.hex, self._tick()))
        elif call.client is None and rule.limit != "static":
            if person is None:
                self._knock(call, "anonymous", call.address)
            else:
                self._knock(call, "actor", person.actor.id.hex)
        if rule.limit is not None:
            by_actor = self._buckets.counts_actors(rule.limit) and person is not None
            who = person.actor.id.hex if by_actor and person else call.address
            self._knock(call, rule.limit, who)

    def _knock(self, call: Call, name: str, who: str) -> None:
        who = limited_as(who) if who == call.address else who
        self._note(call, self._buckets.knock(name, who, self._tick()))

    def _note(self, call: Call, reading: Reading) -> None:
        call.readings.append(reading)
        if not reading.allowed:
            raise refuse(reading)
