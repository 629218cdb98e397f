"""Dead letters of one shard are about tasks of all of them: what another shard has stored is not fed again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import orjson

from meadow.core.logs.embedded import EmbeddedLog, EmbeddedLogSettings
from meadow.core.stores.clickhouse import ClickHouseStore
from meadow.ingest.counts import Counts, DeadReason
from meadow.ingest.messages.decode import Decoder
from meadow.ingest.pipeline import PipelineSettings, stages, through
from meadow.ingest.replay.lane import Lane, Report
from meadow.ingest.replay.replay import What, replay
from meadow.ingest.source import Message
from tests.contracts.store_shards import LAYOUT, sharded
from tests.ingest.replaying import AT_ONCE, WIDE
from tests.ingest.running import NOW
from tests.ingest.test_replay_letters import JSON, body, letter
from tests.query.seeds import insert
from tests.servers.clickhouse import ClickHouse

NOTHING = str({f"{LAYOUT.database}.events": "0"})


async def test_what_another_shard_has_stored_is_not_fed_again(clickhouse: ClickHouse, tmp_path: Path) -> None:
    bodies = [body("task-started", f"t{number}") for number in range(8)]
    messages = [Message(said, JSON, "utf-8", "task.x", NOW) for said in bodies]
    events = through(stages(PipelineSettings(), Counts(), lambda: 0.0), Decoder(1, 1)(messages)).events
    log = await EmbeddedLog.open(tmp_path / "log", EmbeddedLogSettings(partitions=2))
    async with sharded(clickhouse) as stores:
        mine = await ClickHouseStore.open(clickhouse.store_settings(LAYOUT.database))
        mine._client._client.set_client_setting("additional_table_filters", NOTHING)  # all events are on other shards
        await insert(stores, "dead_letters", [letter(DeadReason.MALFORMED, said).row(1, 1) for said in bodies])
        await insert(stores, "events", [orjson.loads(orjson.dumps(event)) for event in events])
        report = Report()
        lane = Lane(replace(AT_ONCE, shard=(0, 2)), report)
        await replay(What.DEAD_LETTERS, mine, log, WIDE, lane, everywhere=stores.readers)
        await mine.close()
    assert report.counts == {"events_stored_already": 8}
    assert not any((await log.ends()).values())
    await log.close()
