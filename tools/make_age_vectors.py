#!/usr/bin/env python3
"""Writes the test vectors of age under tests/vectors/age.

Each file is in the form of the public test kit for age: lines `name: value`, an empty line, then the bytes of the
encrypted file. `expect` is `success`, `no match`, `HMAC failure`, `header failure` or `payload failure`. The files
are made with Python's `cryptography`, so that they share no code with what they test. Needs that package.
usage: tools/make_age_vectors.py [FOLDER]
"""

import base64
import hashlib
import hmac
import pathlib
import sys

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

MAGIC = b"age-encryption.org/v1\n"
CHUNK = 64 * 1024
FILE_KEY = bytes(range(16))
SECRET = hashlib.sha256(b"the key that fits").digest()
OTHER = hashlib.sha256(b"another key").digest()
EPHEMERAL = hashlib.sha256(b"ephemeral").digest()
NONCE = hashlib.sha256(b"nonce").digest()[:16]
SALT = hashlib.sha256(b"salt").digest()[:16]
PASSPHRASE = "p\u00e4ssword"


def b64(data):
    return base64.b64encode(data).rstrip(b"=")


def hkdf(secret, salt, info):
    extracted = hmac.new(salt or bytes(32), secret, "sha256").digest()
    return hmac.new(extracted, info + b"\x01", "sha256").digest()


def bech32(prefix, data):
    alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"

    def polymod(values):
        state = 1
        for value in values:
            top = state >> 25
            state = (state & 0x1FFFFFF) << 5 ^ value
            for bit, generator in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
                if top >> bit & 1:
                    state ^= generator
        return state

    bits, count, words = 0, 0, []
    for byte in data:
        bits, count = bits << 8 | byte, count + 8
        while count >= 5:
            count -= 5
            words.append(bits >> count & 31)
    if count:
        words.append(bits << 5 - count & 31)
    spread = [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix]
    check = polymod(spread + words + [0] * 6) ^ 1
    words += [check >> 5 * (5 - i) & 31 for i in range(6)]
    return prefix + "1" + "".join(alphabet[word] for word in words)


def identity(secret):
    return bech32("age-secret-key-", secret).upper()


def stanza(words, body):
    lines = [body[i : i + 64] for i in range(0, len(body), 64)] or [b""]
    if len(lines[-1]) == 64:
        lines.append(b"")
    return b"-> " + b" ".join(words) + b"\n" + b"".join(line + b"\n" for line in lines)


def x25519(secret=SECRET, key=FILE_KEY, share=None):
    public = X25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw()
    ephemeral = X25519PrivateKey.from_private_bytes(EPHEMERAL)
    share = share or ephemeral.public_key().public_bytes_raw()
    shared = ephemeral.exchange(X25519PublicKey.from_public_bytes(public))
    wrapping = hkdf(shared, share + public, b"age-encryption.org/v1/X25519")
    body = ChaCha20Poly1305(wrapping).encrypt(bytes(12), key, None)
    return stanza([b"X25519", b64(share)], b64(body))


def scrypt(passphrase=PASSPHRASE, cost=10, label=None):
    salt = b"age-encryption.org/v1/scrypt" + SALT
    wrapping = Scrypt(salt=salt, length=32, n=1 << cost, r=8, p=1).derive(passphrase.encode())
    body = ChaCha20Poly1305(wrapping).encrypt(bytes(12), FILE_KEY, None)
    return stanza([b"scrypt", b64(SALT), label or str(cost).encode()], b64(body))


def header(stanzas, key=FILE_KEY):
    text = MAGIC + b"".join(stanzas) + b"---"
    return text + b" " + b64(hmac.new(hkdf(key, b"", b"header"), text, "sha256").digest()) + b"\n"


def payload(content, last=True, extra=b""):
    cipher = ChaCha20Poly1305(hkdf(FILE_KEY, NONCE, b"payload"))
    chunks = [content[i : i + CHUNK] for i in range(0, len(content), CHUNK)] or [b""]
    out = NONCE
    for number, chunk in enumerate(chunks):
        end = last and number + 1 == len(chunks) and not extra
        out += cipher.encrypt(number.to_bytes(11, "big") + bytes([end]), chunk, None)
    if extra is not None and extra != b"":
        out += cipher.encrypt(len(chunks).to_bytes(11, "big") + b"\x01", extra[1:], None)
    return out


def vectors():
    short = b"content"
    exact = bytes(CHUNK)
    good = header([x25519()])
    yield "x25519", "success", short, {"identity": SECRET}, good + payload(short)
    yield "x25519_empty", "success", b"", {"identity": SECRET}, good + payload(b"")
    yield "x25519_one_chunk", "success", exact, {"identity": SECRET}, good + payload(exact)
    long = bytes(CHUNK) + b"x"
    yield "x25519_two_chunks", "success", long, {"identity": SECRET}, good + payload(long)
    two = header([x25519(OTHER), x25519()])
    yield "x25519_second_of_two", "success", short, {"identity": SECRET}, two + payload(short)
    grease = header([stanza([b"x-grease", b"a", b"b"], b64(bytes(48))), x25519()])
    yield "unknown_stanza", "success", short, {"identity": SECRET}, grease + payload(short)
    yield "x25519_other_key", "no match", b"", {"identity": OTHER}, good + payload(short)
    low = header([x25519(share=bytes(32))])
    yield "x25519_low_order_share", "header failure", b"", {"identity": SECRET}, low + payload(short)
    forged = header([x25519()], bytes(16))
    yield "code_of_another_key", "HMAC failure", b"", {"identity": SECRET}, forged + payload(short)
    added = good.replace(b"---", stanza([b"added"], b"") + b"---")
    yield "stanza_added", "HMAC failure", b"", {"identity": SECRET}, added + payload(short)
    yield "header_cut", "header failure", b"", {"identity": SECRET}, good[:60]
    padded = good.replace(b"\n---", b"=\n---")
    yield "base64_with_padding", "header failure", b"", {"identity": SECRET}, padded + payload(short)
    crlf = good.replace(b"\n", b"\r\n")
    yield "header_with_cr", "header failure", b"", {"identity": SECRET}, crlf + payload(short)
    version = good.replace(b"/v1", b"/v2", 1)
    yield "version_2", "header failure", b"", {"identity": SECRET}, version + payload(short)
    yield "no_payload", "payload failure", b"", {"identity": SECRET}, good
    yield "payload_cut_in_nonce", "payload failure", b"", {"identity": SECRET}, good + payload(short)[:10]
    yield "payload_cut_in_chunk", "payload failure", b"", {"identity": SECRET}, good + payload(short)[:-1]
    yield "last_chunk_missing", "payload failure", b"", {"identity": SECRET}, good + payload(exact, last=False)
    yield "last_chunk_empty", "payload failure", b"", {"identity": SECRET}, good + payload(exact, extra=b"_")
    changed = bytearray(payload(short))
    changed[20] ^= 1
    yield "payload_changed", "payload failure", b"", {"identity": SECRET}, good + bytes(changed)
    secret = header([scrypt()])
    yield "scrypt", "success", short, {"passphrase": PASSPHRASE}, secret + payload(short)
    yield "scrypt_wrong", "no match", b"", {"passphrase": "password"}, secret + payload(short)
    mixed = header([scrypt(), x25519()])
    yield "scrypt_and_x25519", "header failure", b"", {"identity": SECRET}, mixed + payload(short)
    for name, label in (("zero_in_front", b"010"), ("no_number", b"x"), ("negative", b"-10"), ("huge", b"64")):
        odd = header([scrypt(label=label)])
        yield "scrypt_cost_" + name, "header failure", b"", {"passphrase": PASSPHRASE}, odd + payload(short)


def main():
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "tests/vectors/age")
    folder.mkdir(parents=True, exist_ok=True)
    for name, expect, content, unlock, data in vectors():
        lines = ["expect: " + expect, "payload: " + hashlib.sha256(content).hexdigest()]
        for kind, value in unlock.items():
            lines.append(f"{kind}: {identity(value) if kind == 'identity' else value}")
        (folder / name).write_bytes("\n".join(lines).encode() + b"\n\n" + data)


if __name__ == "__main__":
    main()
