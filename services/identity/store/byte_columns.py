"""Every column of bytes of the ``identity`` schema, and on which keys it hangs."""

from typing import Any

from sqlalchemy import Row

from services.chassis.data.rotation.columns import (
    BlindColumn,
    ByteColumns,
    FleetingColumn,
    SealedColumn,
    chassis_columns,
    table_of,
)
from services.chassis.data.sealed import Sealer
from services.identity.store import mini_program_links, provider_links
from services.identity.store.client_tables import ApiClient, ClientKey, UsedOnce
from services.identity.store.mini_program_tables import MiniProgramLink
from services.identity.store.provider_tables import ProviderAttempt, ProviderLink
from services.identity.store.signing_key_tables import UserTokenKey
from services.identity.store.tables import (
    CHASSIS,
    Attempt,
    PhoneCode,
    RefreshToken,
    Session,
    StaffAccount,
    Worker,
)
from services.identity.store.workers import place

ACCOUNTS, WORKERS = table_of(StaffAccount).c, table_of(Worker).c
LINKS, LEAVING = table_of(ProviderLink).c, table_of(ProviderAttempt).c
OPENERS = table_of(MiniProgramLink).c
CODES, ATTEMPTS = table_of(PhoneCode).c, table_of(Attempt).c


def _phone(sealer: Sealer, row: Row[Any]) -> str:
    return sealer.open(row.phone_sealed, place(row.id)).decode()


def _subject(sealer: Sealer, row: Row[Any]) -> str:
    return sealer.open(row.subject_sealed, provider_links.place(row.id)).decode()


def _openid(sealer: Sealer, row: Row[Any]) -> str:
    return sealer.open(row.openid_sealed, mini_program_links.place(row.id, "openid")).decode()


def _unionid(sealer: Sealer, row: Row[Any]) -> str:
    return sealer.open(row.unionid_sealed, mini_program_links.place(row.id, "unionid")).decode()


COLUMNS = chassis_columns(CHASSIS) + ByteColumns(
    sealed=(
        SealedColumn(ACCOUNTS.phone_sealed, "staff_accounts:{id}:phone"),
        SealedColumn(ACCOUNTS.totp_sealed, "staff_accounts:{id}:totp"),
        SealedColumn(WORKERS.phone_sealed, "workers:{id}:phone"),
        SealedColumn(table_of(ApiClient).c.contact_sealed, "api_clients:{id}:contact"),
        SealedColumn(table_of(ClientKey).c.secret_sealed, "client_keys:{id}:secret"),
        SealedColumn(LINKS.subject_sealed, "provider_links:{id}:subject"),
        SealedColumn(OPENERS.openid_sealed, "mini_program_links:{id}:openid"),
        SealedColumn(OPENERS.unionid_sealed, "mini_program_links:{id}:unionid"),
        SealedColumn(LEAVING.verifier_sealed, "provider_attempts:{id}:verifier"),
        SealedColumn(table_of(UserTokenKey).c.private_sealed, "user_token_keys:{id}:private"),
    ),
    blind=(
        BlindColumn(WORKERS.phone_key, "worker-phone", (WORKERS.id, WORKERS.phone_sealed), _phone),
        BlindColumn(
            OPENERS.openid_key,
            mini_program_links.OPENID,
            (OPENERS.id, OPENERS.openid_sealed),
            _openid,
        ),
        BlindColumn(
            OPENERS.unionid_key,
            mini_program_links.UNIONID,
            (OPENERS.id, OPENERS.unionid_sealed),
            _unionid,
        ),
        BlindColumn(
            LINKS.subject_key, provider_links.PURPOSE, (LINKS.id, LINKS.subject_sealed), _subject
        ),
    ),
    # What was typed is not kept, so these cannot be rebuilt; they are forgotten within days.
    fleeting=(
        FleetingColumn(ATTEMPTS.name_key, ATTEMPTS.last_at),
        FleetingColumn(CODES.phone_key, CODES.sent_at),
        FleetingColumn(CODES.address_key, CODES.sent_at),
        FleetingColumn(CODES.code_hash, CODES.sent_at),
    ),
    plain=(
        ACCOUNTS.activation_hash,
        table_of(Session).c.secret_hash,
        table_of(RefreshToken).c.token_hash,
        table_of(UsedOnce).c.digest,
        LEAVING.secret_hash,
        LEAVING.state_hash,
    ),
)
