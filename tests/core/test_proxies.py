"""Whose address a request has, by who is connected and what the proxies between say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meadow.core.errors import BadSettings
from meadow.core.proxies import Proxies

OURS = Proxies(["10.0.0.0/8", "fd00::/8", "192.0.2.1"])


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("203.0.113.9", [], "203.0.113.9"),
        ("203.0.113.9", ["198.51.100.7"], "203.0.113.9"),
        ("10.1.1.1", [], "10.1.1.1"),
        ("10.1.1.1", ["198.51.100.7"], "198.51.100.7"),
        ("10.1.1.1", ["6.6.6.6, 198.51.100.7"], "198.51.100.7"),
        ("10.1.1.1", ["6.6.6.6", "198.51.100.7, 192.0.2.1", "10.9.9.9"], "198.51.100.7"),
        ("10.1.1.1", ["10.2.2.2, 10.3.3.3"], "10.2.2.2"),
        ("10.1.1.1", ["198.51.100.7:4711"], "198.51.100.7"),
        ("10.1.1.1", ["[2001:db8::7]:4711"], "2001:db8::7"),
        ("fd00::1", ["2001:DB8:0::7"], "2001:db8::7"),
        ("::ffff:10.1.1.1", ["::ffff:198.51.100.7"], "198.51.100.7"),
        ("10.1.1.1", ["198.51.100.7, unknown"], "10.1.1.1"),
        ("10.1.1.1", ["198.51.100.7, 10.2.2.2, _hidden"], "10.1.1.1"),
        ("10.1.1.1", ["198.51.100.7, _hidden, 10.2.2.2"], "10.2.2.2"),
        ("10.1.1.1", ["198.51.100.7,"], "10.1.1.1"),
        ("10.1.1.1", ["198.51.100.7:99999"], "10.1.1.1"),
        ("", ["198.51.100.7"], "unknown"),
        (None, ["198.51.100.7"], "unknown"),
    ],
)
def test_who_asked(peer: str | None, forwarded: list[str], client: str) -> None:
    assert OURS.client_of(peer, forwarded) == client


def test_nobody_is_trusted_unless_named() -> None:
    assert Proxies().client_of("127.0.0.1", ["198.51.100.7"]) == "127.0.0.1"


@given(forwarded=st.lists(st.text(max_size=40) | st.sampled_from(["10.0.0.1", "[::1]:1", "a:1", "[", "1.2.3.4:x"])))
def test_whatever_is_said_there_is_an_address(forwarded: list[str]) -> None:
    assert OURS.client_of("10.1.1.1", forwarded)
    assert OURS.client_of("203.0.113.9", forwarded) == "203.0.113.9"


@pytest.mark.parametrize("text", ["", "proxy", "10.0.0.0/33", "10.0.0.0/8/8", "0.0.0.0/0", "::/0"])
def test_what_is_no_network_of_somebody_is_refused(text: str) -> None:
    with pytest.raises(BadSettings, match="--trusted-proxy"):
        Proxies([text])
