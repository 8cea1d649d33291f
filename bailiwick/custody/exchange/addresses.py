"""Where a webhook may be sent: public addresses, by https. Private ones only in networks that the installation names, so that
nobody who may name an address can make this server reach into its own house."""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any
from urllib.parse import SplitResult, urlsplit

from bailiwick.custody.errors import Refused

Address = IPv4Address | IPv6Address
#: Name and port to the addresses they stand for.
Resolve = Callable[[str, int], list[str]]
#: IPv6 addresses that carry an IPv4 address inside.
_CARRIERS = tuple(map(IPv6Network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")))


def read_url(url: str, allowed: Sequence[str] = ()) -> SplitResult:
    """The parts of an address that can be sent to. Raises Refused for another scheme, a name with a password, no host."""
    try:
        parts = urlsplit(url.strip())
        port, host = parts.port, parts.hostname
    except ValueError:
        raise Refused("Address: expected https://NAME/…, found '%(url)s'.", url=url[:100]) from None
    if parts.scheme not in ("https", "http") or not host:
        raise Refused("Address: expected https://NAME/…, found '%(url)s'.", url=url[:100])
    if parts.username or parts.password or parts.fragment:
        raise Refused(
            "Address: expected one without user name, password and #; who asks is shown by the signature."
        )
    if parts.scheme == "http" and not (allowed and _loopback(host)):
        raise Refused("Address: expected https://, found http://; events are not sent in the open.")
    if port is not None and not 0 < port < 65536:
        raise Refused("Address: expected a port from 1 to 65535, found %(port)s.", port=port)
    return parts


def _loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def may_send(address: Address, allowed: Sequence[str] = ()) -> bool:
    """Whether an address is public, or in one of the networks that the installation allows."""
    plain: Address = address
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        plain = address.ipv4_mapped
    networks = [ip_network(one, strict=False) for one in allowed]
    if any(plain.version == network.version and plain in network for network in networks):
        return True
    if isinstance(plain, IPv6Address) and any(plain in carrier for carrier in _CARRIERS):
        return False
    return plain.is_global and not plain.is_multicast


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a name, as the system knows them."""
    found: list[Any] = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(one[4][0]) for one in found))


def target(parts: SplitResult, allowed: Sequence[str] = (), look_up: Resolve = resolve) -> tuple[str, int]:
    """The one address to connect to. Every address of the name must be allowed; the connection goes to the one that was checked,
    so a name that changes between the check and the connection gains nothing.

    Raises:
        OSError: the name is not known, or one of its addresses is not allowed.
    """
    assert parts.hostname is not None
    port = parts.port or (443 if parts.scheme == "https" else 80)
    found = look_up(parts.hostname, port)
    for one in found:
        if not may_send(ip_address(one.partition("%")[0]), allowed):
            raise OSError(f"{parts.hostname} is {one}, which is not a public address")
    if not found:
        raise OSError(f"{parts.hostname} has no address")
    return found[0], port
