"""A writer of a stream that gets as far as the middle of its transaction, to be killed there. Arguments: SERVER PREFIX."""

from __future__ import annotations

import asyncio
import sys

from aiokafka import AIOKafkaProducer

from meadow.core.kafka import KafkaConnection
from meadow.core.streams.kafka_writing import WRITE


async def main(server: str, prefix: str) -> None:
    connection = KafkaConnection((server,), prefix)
    topic = connection.topic("registry")
    producer = AIOKafkaProducer(**connection.options(), **WRITE, transactional_id=topic)
    await producer.start()
    await producer.begin_transaction()
    await producer.send_and_wait(topic, b"never", key=b"a", partition=0)
    print("in the middle", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
