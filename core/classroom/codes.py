"""Class codes to write on a board, teacher tokens to keep, and the hashes that are stored in their place."""

import hashlib
import hmac
import secrets
import unicodedata

from core.errors import InvalidInput

# No vowels (no words by chance), nothing that handwriting or a font confuses: B 8, I 1 L, O 0 Q, S 5, Z 2, U V, G 6.
ALPHABET = "CDFGHJKMNPRTVWXY3479"
CODE_CHARS = 8  # 20**8 = 2.6e10: with 2 000 classes a guess hits one in 13 million
TOKEN_CHARS = 24  # 104 bits
SALT_BYTES = 16
MAX_TYPED = 200  # characters of a code or token that are looked at; no honest one is longer


def new_code() -> str:
    """Return a class code, as it is stored: 8 characters without a dash."""
    return _random(CODE_CHARS)


def new_token() -> str:
    """Return a teacher token as it is shown: 24 characters in groups of four."""
    return grouped(_random(TOKEN_CHARS))


def new_salt() -> bytes:
    """Return 16 random bytes that make the same token another hash in another class."""
    return secrets.token_bytes(SALT_BYTES)


def grouped(text: str) -> str:
    """Return characters in groups of four, as a code or token is shown.

    >>> grouped("CDFGHJKM")
    'CDFG-HJKM'
    """
    return "-".join(text[start : start + 4] for start in range(0, len(text), 4))


def read_code(typed: object) -> str:
    """Return a class code as it is stored, whatever case, dashes and spaces it was typed with.

    Args:
        typed: from a visitor; anything at all.

    Raises:
        InvalidInput: it cannot be a class code.

    >>> read_code(" cdfg-hjkm ")
    'CDFGHJKM'
    """
    code = _plain(typed)
    if len(code) != CODE_CHARS or set(code) - set(ALPHABET):
        raise InvalidInput(
            "“{code}” is no class code: a code has {count} characters out of {alphabet}; look at the board again.",
            code=code[: 2 * CODE_CHARS],
            count=CODE_CHARS,
            alphabet=ALPHABET,
        )
    return code


def token_hash(token: object, salt: bytes) -> bytes:
    """Return what is stored of a teacher token: SHA-256 is enough for 104 random bits."""
    return hashlib.sha256(salt + _plain(token).encode()).digest()


def same(one: bytes, other: bytes) -> bool:
    """Compare two hashes in a time that does not tell where they differ."""
    return hmac.compare_digest(one, other)


def visitor_mark(owner: str, salt: bytes) -> bytes:
    """Return a visitor's mark in one class: with another class's salt the same visitor has another mark.

    Args:
        owner: the visitor's random token; it cannot be found by trying.
        salt: the class's.

    Returns:
        16 bytes of HMAC-SHA-256.
    """
    return hmac.new(salt, owner.encode(errors="replace"), hashlib.sha256).digest()[:16]


def _random(count: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(count))


def _plain(typed: object) -> str:
    """Return letters and digits alone, in capitals; a full-width input method's forms become plain ones."""
    if not isinstance(typed, str):
        return ""
    text = unicodedata.normalize("NFKC", typed[:MAX_TYPED]).upper()
    return "".join(char for char in text if char.isascii() and char.isalnum())
