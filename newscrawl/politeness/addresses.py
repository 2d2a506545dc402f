"""Which addresses are out of bounds: a page must not send the crawler into the user's own network.

Only globally reachable unicast addresses may be asked (IANA's special-purpose registries, as `ipaddress` has them).
IPv6 forms that carry an IPv4 address (mapped, 6to4, Teredo, NAT64) are judged by the address inside as well.
"""

from __future__ import annotations

import re
from ipaddress import AddressValueError, IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

Address = IPv4Address | IPv6Address

#: What older Pythons count as global: IETF protocol assignments, and site-local addresses of old (RFC 3879).
_MORE = (IPv4Network("192.0.0.0/24"), IPv6Network("fec0::/10"))
_NAT64 = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))
_NUMBER = re.compile(r"0[xX][0-9a-fA-F]*|[0-9]+")
_LOCAL_NAMES = ("localhost", "localhost.localdomain", "ip6-localhost", "ip6-loopback", "broadcasthost")
_LOCAL_ENDINGS = (".localhost", ".local", ".localdomain", ".internal", ".home.arpa", ".lan")


def is_private(address: str | Address) -> bool:
    """Whether an IP address is anything but a public one; text that is no address counts as private."""
    try:
        ip = ip_address(address.partition("%")[0]) if isinstance(address, str) else address
    except ValueError:
        return True
    if not ip.is_global or ip.is_multicast or ip.is_reserved or any(ip in network for network in _MORE):
        return True
    return any(is_private(inner) for inner in _inner(ip))


def _inner(ip: Address) -> list[IPv4Address]:
    if isinstance(ip, IPv4Address):
        return []
    inner = [ip.ipv4_mapped, ip.sixtofour, *(ip.teredo or ())]
    if any(ip in network for network in _NAT64):
        inner.append(IPv4Address(int(ip) & 0xFFFFFFFF))
    return [each for each in inner if each is not None]


def literal_address(host: str) -> Address | None:
    """The IP address that a URL's host is, or None where it is a name.

    Reads the forms that C libraries read too: 127.1, 2130706433, 0x7f000001, 0177.0.0.1 (inet_aton(3)).
    """
    host = host.strip("[]").rstrip(".")
    try:
        return ip_address(host.partition("%")[0] if ":" in host else host)
    except ValueError:
        return _legacy(host)


def _legacy(host: str) -> IPv4Address | None:
    parts = host.split(".")
    if len(parts) > 4 or not all(_NUMBER.fullmatch(part) for part in parts):
        return None
    try:
        numbers = [int(part, 16 if part[:2].lower() == "0x" else 8 if part[0] == "0" else 10) for part in parts if part]
        *heads, last = numbers
        value = sum(head << (24 - 8 * at) for at, head in enumerate(heads)) + last
        if any(head > 255 for head in heads) or last >= 1 << (8 * (4 - len(heads))):
            return None
        return IPv4Address(value)
    except (ValueError, AddressValueError):
        return None


def is_local_name(host: str) -> bool:
    """Whether a host name stands for this machine or its network by its name alone (RFC 6761, RFC 6762, RFC 8375)."""
    host = host.lower().rstrip(".")
    return host in _LOCAL_NAMES or host.endswith(_LOCAL_ENDINGS)


def refusal(host: str) -> str | None:
    """Why a URL's host must not be asked, in words, or None. Names are judged again by what they resolve to."""
    address = literal_address(host)
    if address is not None:
        return f"{host} is {address}, which is not a public address" if is_private(address) else None
    return f"{host} is a name of the local network" if is_local_name(host) else None
