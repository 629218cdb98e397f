"""Makes kombu's filesystem transport whole in a process of Celery's own: a message appears in one step, and a half-written
table is read again. In a demo of several processes what kombu 5.7 loses without it is met within minutes.
"""

from __future__ import annotations

from kombu.transport.filesystem import Channel

from meadow.core.kombu_files import put_whole, whole_table


def make_whole() -> None:
    """Patches this process; repeating it changes nothing."""
    Channel._put, Channel.get_table = put_whole, whole_table
