"""API keys of staff: shown once, kept as a hash."""

import hashlib
import secrets


def new_api_token() -> str:
    """A fresh key with 256 bits of chance, to be shown once."""
    return secrets.token_urlsafe(32)


def hash_api_token(token: str) -> str:
    """What of a key is stored; a fast hash is enough, because the key is random and long."""
    return hashlib.sha256(token.encode()).hexdigest()
