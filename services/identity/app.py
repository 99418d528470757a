"""Composes the identity service."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path

from fastapi import FastAPI

from services.chassis.data.deadlines import Handler
from services.chassis.edge.assertions import load_trust
from services.chassis.edge.starting import from_environment
from services.chassis.kernel.clock import utc_now
from services.chassis.web.app import Service, build
from services.identity.api import (
    accounts,
    activations,
    client_directory,
    client_keys,
    clients,
    grants,
    internal,
    local,
    me,
    mini_program,
    oauth,
    provider_links,
    providers,
    published,
    sessions,
    staff_sessions,
    worker_sessions,
)
from services.identity.domain.events import TELLS
from services.identity.domain.mini_program import MiniProgram
from services.identity.domain.phone_codes import CodeSender
from services.identity.domain.policy import Policy
from services.identity.peers.local_codes import LocalCodes
from services.identity.peers.local_mini_program import LocalMiniProgram
from services.identity.peers.oidc import OidcProvider
from services.identity.peers.sms_gateway import SmsGateway, Unconfigured
from services.identity.peers.wechat import WeChat
from services.identity.settings import Settings
from services.identity.store.password_hashes import PasswordHashes
from services.identity.store.places import places
from services.identity.store.signing_keys import KeyRing
from services.identity.store.tables import CHASSIS
from services.identity.usecases.providers.on_provider_attempt_outdated import (
    on_provider_attempt_outdated,
)
from services.identity.usecases.sessions.on_session_outlived import on_session_outlived
from services.identity.usecases.signing_keys.on_signing_key_due import on_signing_key_due
from services.identity.usecases.unions.on_union_changed import on_union_changed
from services.identity.usecases.unions.on_union_founded import on_union_founded
from services.identity.usecases.unions.on_union_moved import on_union_moved
from services.identity.usecases.workers.on_phone_code_outdated import on_phone_code_outdated

COMMON_PASSWORDS = Path(__file__).parent / "data" / "common_passwords.txt"

IDENTITY = Service(
    name="identity",
    title="娘家 身份服务",
    tables=CHASSIS,
    routers=(
        worker_sessions.router,
        mini_program.router,
        staff_sessions.router,
        activations.router,
        sessions.router,
        me.router,
        accounts.router,
        grants.router,
        clients.router,
        client_keys.router,
        oauth.router,
        client_directory.router,
        internal.router,
        published.router,
        providers.router,
        provider_links.router,
    ),
    tells=TELLS,
    places=places,
    hears={
        "membership.union.founded": on_union_founded,
        "membership.union.changed": on_union_changed,
        "membership.union.moved": on_union_moved,
    },
)


def deadlines_of(policy: Policy) -> Mapping[str, Handler]:
    """What is done when a deadline of identity's falls due."""
    return {
        "phone-code-outdated": on_phone_code_outdated,
        "session-outlived": on_session_outlived,
        "provider-attempt-outdated": on_provider_attempt_outdated,
        "signing-key-due": partial(on_signing_key_due, rotation=policy.rotation),
    }


def create_app(
    settings: Settings | None = None, clock: Callable[[], datetime] = utc_now
) -> FastAPI:
    """The service as an ASGI app."""
    settings = settings or from_environment(Settings, "identity")
    app = build(replace(IDENTITY, deadlines=deadlines_of(settings.policy)), settings, clock)
    app.state.policy = settings.policy
    app.state.audiences = frozenset(
        {settings.public_url.rstrip("/"), settings.public_url.rstrip("/") + oauth.TOKEN_PATH}
    )
    app.state.trust = load_trust(settings.trust)
    app.state.ring = KeyRing()
    app.state.hashes = PasswordHashes()
    app.state.common_passwords = frozenset(COMMON_PASSWORDS.read_text().split())
    app.state.provider = _provider(app, settings)
    app.state.mini_program = _mini_program(app, settings)
    app.state.code_sender = _sender(app, settings, clock)
    if isinstance(app.state.code_sender, LocalCodes):
        app.include_router(local.router)
    if isinstance(app.state.code_sender, Unconfigured):
        app.state.checks["text-messages"] = _text_messages
    return app


async def _text_messages() -> str:
    return "没有设置短信网关（IDENTITY_SMS_URL），职工收不到验证码。"


def _provider(app: FastAPI, settings: Settings) -> OidcProvider | None:
    if settings.provider is None:
        return None
    secret, seconds = settings.oidc_client_secret_file, settings.oidc_timeout
    return OidcProvider(settings.provider, secret, seconds, lambda: app.state.http)


def _mini_program(app: FastAPI, settings: Settings) -> MiniProgram | None:
    secret = settings.mini_program_secret_file
    if settings.mini_program_app_id and secret is not None:
        return WeChat(
            settings.mini_program_app_id,
            secret,
            settings.mini_program_timeout,
            lambda: app.state.http,
            settings.mini_program_url,
        )
    return LocalMiniProgram(settings.mode) if settings.mode == "local" else None


def _sender(app: FastAPI, settings: Settings, clock: Callable[[], datetime]) -> CodeSender:
    if settings.sms_url and settings.sms_token_file:
        return SmsGateway(
            settings.sms_url,
            settings.sms_token_file,
            settings.sms_template,
            settings.sms_timeout,
            lambda: app.state.http,
        )
    return LocalCodes(clock, settings.mode) if settings.mode == "local" else Unconfigured()
