"""Which address a request came from, where proxies stand between."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

from aiohttp import web

from meadow.core.errors import BadSettings

FORWARDED_FOR = "X-Forwarded-For"
UNKNOWN = "unknown"
Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
CLIENT = web.RequestKey("client", str)


class Proxies:
    """The networks whose word for who asked them is believed. By default none: anybody can write the header."""

    def __init__(self, networks: Iterable[str] = ()) -> None:
        """networks: `10.0.0.0/8`, `::1`. Raises BadSettings for what is none, or is everybody."""
        self._networks = tuple(map(_network, networks))

    def client_of(self, peer: str | None, forwarded: Sequence[str]) -> str:
        """From the connection's end backwards, as long as who says so is trusted: each proxy adds, at the right, the one it was
        asked by. Where one says nothing that is an address, the proxy itself is who asked.

        peer       address at the other end of the connection; None and "" for a socket of this machine.
        forwarded  values of X-Forwarded-For, as they came.
        """
        hops = [hop.strip() for line in forwarded for hop in line.split(",")]
        client = _address(peer or "")
        while client is not None and hops and self._trusts(client):
            said = _address(hops.pop())
            if said is None:
                break
            client = said
        return str(client) if client is not None else peer or UNKNOWN

    def _trusts(self, address: Address) -> bool:
        return any(address in network for network in self._networks)


def client_of(request: web.BaseRequest) -> str:
    """Who asked, as the guard has read it; of a request that never came as far, who is connected."""
    return request.get(CLIENT) or request.remote or UNKNOWN


def _network(text: str) -> Network:
    try:
        network = ip_network(text, strict=False)
    except ValueError as error:
        raise BadSettings(
            f"--trusted-proxy takes an address or a network, such as 10.0.0.0/8; not {text!r}."
        ) from error
    if network.prefixlen == 0:
        raise BadSettings(f"--trusted-proxy {text} would believe anybody: name the networks of your proxies.")
    return network


def _address(text: str) -> Address | None:
    """Some proxies say the port as well. What is one IPv4 address is one, however it is written."""
    try:
        address = ip_address(text)
    except ValueError:
        return _with_port(text)
    return address.ipv4_mapped or address if isinstance(address, IPv6Address) else address


def _with_port(text: str) -> Address | None:
    try:
        parts = urlsplit(f"//{text}")
        return ip_address(parts.hostname or "") if parts.port is not None else None
    except ValueError:
        return None
