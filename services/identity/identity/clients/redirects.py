"""Which addresses a client may state, for tokens and codes never to leave it."""

from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

LOOPBACK: Final = {"127.0.0.1", "localhost", "::1"}


def wrong_addresses(addresses: Iterable[str]) -> list[str]:
    """Return the addresses that no client may have: without TLS elsewhere than on the own machine, with a fragment, or of no host."""
    return [address for address in addresses if not _is_right(address)]


def _is_right(address: str) -> bool:
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        return False
    is_encrypted = parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK)
    return bool(host) and is_encrypted and not parts.fragment and "#" not in address and parts.username is None and address.isascii()


def origins(addresses: Iterable[str]) -> list[str]:
    """Return the origins of these addresses, each once."""
    return sorted({f"{parts.scheme}://{parts.netloc}" for parts in map(urlsplit, filter(None, addresses))})
