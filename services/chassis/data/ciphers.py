"""The ways of sealing and of indexing blindly, each with the id that stands in the data."""

import hmac as fast_hmac
from collections.abc import Callable
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE = 12
TAG = 16

Seal = Callable[[bytes, bytes, bytes], bytes]  # nonce, data, associated data
Digest = Callable[[bytes, bytes], bytes]  # key, message


@dataclass(frozen=True, slots=True)
class SealingAlgorithm:
    """An authenticated cipher; ``mark`` is its byte at the head of each ciphertext."""

    mark: int
    key_size: int
    make: Callable[[bytes], tuple[Seal, Seal]]


@dataclass(frozen=True, slots=True)
class BlindAlgorithm:
    """A keyed hash; ``hash_type`` also derives the key of each purpose."""

    hash_type: type[hashes.HashAlgorithm]
    digest: Digest


def _aes_gcm(key: bytes) -> tuple[Seal, Seal]:
    cipher = AESGCM(key)
    return cipher.encrypt, cipher.decrypt


def _sm4_gcm(key: bytes) -> tuple[Seal, Seal]:
    block = algorithms.SM4(key)

    def encrypt(nonce: bytes, data: bytes, associated: bytes) -> bytes:
        encryptor = Cipher(block, modes.GCM(nonce)).encryptor()
        encryptor.authenticate_additional_data(associated)
        return encryptor.update(data) + encryptor.finalize() + encryptor.tag

    def decrypt(nonce: bytes, data: bytes, associated: bytes) -> bytes:
        if len(data) < TAG:
            raise InvalidTag
        decryptor = Cipher(block, modes.GCM(nonce, data[-TAG:])).decryptor()
        decryptor.authenticate_additional_data(associated)
        return decryptor.update(data[:-TAG]) + decryptor.finalize()

    return encrypt, decrypt


def _hmac_sha256(key: bytes, message: bytes) -> bytes:
    return fast_hmac.digest(key, message, "sha256")


def _hmac_sm3(key: bytes, message: bytes) -> bytes:
    digest = hmac.HMAC(key, hashes.SM3())
    digest.update(message)
    return digest.finalize()


SEALING: dict[str, SealingAlgorithm] = {
    "aes-256-gcm": SealingAlgorithm(1, 32, _aes_gcm),
    "sm4-gcm": SealingAlgorithm(2, 16, _sm4_gcm),
}
BLIND: dict[str, BlindAlgorithm] = {
    "hmac-sha256": BlindAlgorithm(hashes.SHA256, _hmac_sha256),
    "hmac-sm3": BlindAlgorithm(hashes.SM3, _hmac_sm3),
}
BLIND_KEY_SIZE = 32
