"""Where a request comes from, as a keyed hash: the address itself is never kept."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import salted_hmac


def client_address(*, peer: str, forwarded_for: str, proxies: int) -> str:
    """Return the address that counts as one origin, ``unknown`` where there is none.

    ``proxies`` trusted proxies each append to ``forwarded_for``; what stands left of that is the client's own claim
    and counts for nothing. A list that is too short did not come through all proxies: the peer counts. Of an IPv6
    address the first 64 bits count, since the rest is the client's to choose.
    """
    hops = [hop.strip() for hop in forwarded_for.split(",") if hop.strip()]
    claimed = hops[-proxies] if proxies > 0 and len(hops) >= proxies else peer
    try:
        address = ipaddress.ip_address(_without_port(claimed))
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.IPv6Network((int(address), 64), strict=False).network_address)
    return str(address)


def address_of(request: HttpRequest) -> str:
    """Return the client's address by the number of trusted proxies in the settings."""
    return client_address(
        peer=request.META.get("REMOTE_ADDR", ""),
        forwarded_for=request.META.get("HTTP_X_FORWARDED_FOR", ""),
        proxies=settings.TRUSTED_PROXY_COUNT,
    )


def origin_of(request: HttpRequest) -> str:
    """Return the keyed hash of the client's address: 64 hexadecimal characters."""
    return salted_hmac("people.origins", address_of(request), algorithm="sha256").hexdigest()


def _without_port(text: str) -> str:
    if text.startswith("["):
        return text[1:].partition("]")[0]
    if text.count(":") == 1:
        return text.partition(":")[0]
    return text
