"""TLS to a broker is asked for as kombu's URLs and Celery's `broker_use_ssl` ask for it, each host of a list by itself."""

from __future__ import annotations

import ssl

import pytest

from meadow.core.amqp_address import addresses
from meadow.core.broker_tls import Tls
from meadow.core.connections import Connection
from meadow.core.errors import BadSettings, BrokerUnavailable


@pytest.mark.parametrize(
    ("url", "options", "tls"),
    [
        ("redis://h/0", {}, None),
        ("rediss://h/0", {}, Tls()),
        ("rediss://h/0?ssl_cert_reqs=CERT_NONE", {}, Tls(verify=False, check_hostname=False)),
        ("redis://h/0?ssl_ca_certs=/a.pem", {}, Tls(ca_file="/a.pem")),
        ("sentinel://h:1/0;sentinel://i:1/0", {"master_name": "m"}, None),
        ("sentinel://h:1/0", {"ssl_check_hostname": "False"}, Tls(check_hostname=False)),
        (
            "rediss://h/0?ssl_cert_reqs=optional",
            {"ssl_cert_reqs": "none"},
            Tls(),
        ),
        (
            "redis://h/0",
            {"ssl_certfile": "/c.pem", "ssl_keyfile": "/k.pem"},
            Tls(certificate_file="/c.pem", key_file="/k.pem"),
        ),
    ],
)
def test_what_asks_for_tls(url: str, options: dict[str, str], tls: Tls | None) -> None:
    connection = Connection(url, transport_options=tuple(options.items()))
    assert Tls.of(connection, connection.scheme) == tls


@pytest.mark.parametrize("mode", ["", "reqired", "CERT_", "false"])
def test_a_mode_that_is_none_is_refused_and_not_taken_for_trust(mode: str) -> None:
    connection = Connection("amqps://h", transport_options=(("ssl_cert_reqs", mode),))
    with pytest.raises(BadSettings, match="ssl_cert_reqs is required, optional or none"):
        addresses(connection)


@pytest.mark.parametrize(
    ("mode", "demanded"),
    [("CERT_OPTIONAL", ssl.CERT_REQUIRED), ("Required", ssl.CERT_REQUIRED), ("none", ssl.CERT_NONE)],
)
def test_only_none_trusts_anybody(mode: str, demanded: ssl.VerifyMode) -> None:
    tls = addresses(Connection(f"amqps://h?ssl_cert_reqs={mode}"))[0].tls
    assert tls
    assert tls.context().verify_mode == demanded


def test_each_host_of_a_list_is_spoken_to_by_its_own_scheme() -> None:
    plain, secure = addresses(Connection("amqp://a;amqps://u:p@b/v"))
    assert (plain.tls, str(plain)) == (None, "a:5672")
    assert (secure.tls, str(secure)) == (Tls(), "b:5671")


@pytest.mark.parametrize(
    "tls", [Tls(ca_file="/nowhere.pem"), Tls(certificate_file="/nowhere.pem"), Tls(ca_file=__file__)]
)
def test_a_file_that_cannot_be_read_is_named_by_its_option(tls: Tls) -> None:
    option = "ssl_ca_certs" if tls.ca_file else "ssl_certfile or ssl_keyfile"
    with pytest.raises(BrokerUnavailable, match=f"of {option} cannot be read"):
        tls.context()
    with pytest.raises(BrokerUnavailable, match=f"of {option} cannot be read"):
        tls.redis_options()
