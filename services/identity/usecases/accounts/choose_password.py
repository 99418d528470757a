"""Before a transaction is opened, a new password is judged and hashed."""

from services.chassis.kernel.refusals import FieldError, Unprocessable
from services.identity.domain.passwords import normalised, password_fault
from services.identity.store.password_hashes import PasswordHashes


async def choose_password(
    hashes: PasswordHashes,
    common: frozenset[str],
    password: str,
    *context: str,
    pointer: str = "/password",
) -> str:
    """The hash of a good password; ``context`` holds words that are known about its owner."""
    plain = normalised(password)
    fault = password_fault(plain, common, context)
    if fault is not None:
        where = FieldError(pointer, fault.code, fault.message)
        raise Unprocessable("密码不符合要求，请换一个。", [where])
    return await hashes.make(plain)
