"""How a ClickHouse is told to be reached: what is refused at once, and by TLS only with a certificate that is trusted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from meadow.core.errors import BadSettings
from meadow.core.stores.clickhouse import ClickHouseStore
from meadow.core.stores.clickhouse_settings import ClickHouseSettings
from tests.servers.certificates import Certificates
from tests.servers.clickhouse import ClickHouse


async def test_by_tls_with_the_certificate_that_is_named(tmp_path: Path, certificates: Certificates) -> None:
    server = ClickHouse(tmp_path, certificates=certificates)
    server.start()
    try:
        settings = server.store_settings("default", make=False)
        store = await ClickHouseStore.open(settings)
        assert (await store.ask("SELECT 1", {})).rows == [(1,)]
        await store.close()
        with pytest.raises(BadSettings, match="is not trusted"):
            await ClickHouseStore.open(replace(settings, ca_file=""))
    finally:
        server.stop()


@pytest.mark.parametrize(
    "wrong",
    [
        {"url": "clickhouse:8123"},
        {"url": "tcp://clickhouse:9000"},
        {"url": "http://user:hush@clickhouse:8123"},
        {"url": "http://clickhouse:8123/?database=x"},
        {"ca_file": "/nowhere.pem"},
        {"questions": 0},
        {"insert_s": 0},
        {"insert_quorum": -1},
    ],
)
def test_settings_out_of_bounds_are_refused(wrong: dict[str, object]) -> None:
    given: dict[str, object] = {"url": "http://clickhouse:8123"} | wrong
    with pytest.raises(BadSettings) as refused:
        ClickHouseSettings(**given)  # type: ignore[arg-type] # of the types they have
    assert "hush" not in str(refused.value)
