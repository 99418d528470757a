"""What identity's routes ask for besides the caller and the transaction."""

from typing import Annotated

from fastapi import Depends, Request

from services.identity.domain.phone_codes import CodeSender
from services.identity.domain.policy import Policy
from services.identity.store.password_hashes import PasswordHashes
from services.identity.usecases.services.exchange_assertion import Notary
from services.identity.usecases.sessions.sign_access import Issuer


async def read_policy(request: Request) -> Policy:
    policy: Policy = request.app.state.policy
    return policy


async def read_issuer(request: Request) -> Issuer:
    return Issuer(request.app.state.ring, request.app.state.policy)


async def read_notary(request: Request) -> Notary:
    state = request.app.state
    return Notary(state.key, state.trust, state.policy)


async def read_hashes(request: Request) -> PasswordHashes:
    hashes: PasswordHashes = request.app.state.hashes
    return hashes


async def read_common(request: Request) -> frozenset[str]:
    common: frozenset[str] = request.app.state.common_passwords
    return common


async def read_sender(request: Request) -> CodeSender:
    sender: CodeSender = request.app.state.code_sender
    return sender


CurrentPolicy = Annotated[Policy, Depends(read_policy)]
CurrentIssuer = Annotated[Issuer, Depends(read_issuer)]
CurrentNotary = Annotated[Notary, Depends(read_notary)]
CurrentHashes = Annotated[PasswordHashes, Depends(read_hashes)]
CommonPasswords = Annotated[frozenset[str], Depends(read_common)]
CurrentSender = Annotated[CodeSender, Depends(read_sender)]
