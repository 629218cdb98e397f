"""Which tasks the store may know: "no" is a proof, so most new tasks need no look-up."""

from __future__ import annotations

import zlib

BITS_MIN = 20
BITS_MAX = 28  # 32 MiB; beyond about 20 million tasks it says "perhaps" more often, and stays right
_BITS_PER_TASK = 20  # two probes each: 1 % false positives


def bits_for(tasks: int) -> int:
    """The size, as a power of two, of a filter with room for twice as many tasks."""
    return min(max((2 * tasks * _BITS_PER_TASK).bit_length(), BITS_MIN), BITS_MAX)


class Known:
    """A Bloom filter, two probes of CRC-32, of the ids in `task_ids` when it was loaded and of all asked since.

    Tenants share it: an id of another tenant costs a look-up, never an answer.
    """

    def __init__(self, bits: int = BITS_MIN) -> None:
        self._resize(bits)

    def _resize(self, bits: int) -> None:
        self.bits, self._mask, self._table, self._added = bits, (1 << bits) - 1, bytearray(1 << bits - 3), 0

    def load(self, table: bytes) -> None:
        """Adds what a filter of the same size knows. Of another size it takes its place: then every task in memory must be
        added again."""
        if len(table) != len(self._table):
            self._resize(len(table).bit_length() + 2)
        both = int.from_bytes(self._table, "little") | int.from_bytes(table, "little")
        self._added = both.bit_count() // 2
        self._table = bytearray(both.to_bytes(len(self._table), "little"))

    def doubt(self) -> None:
        """Says "perhaps" to everything: for when the store cannot say what it knows."""
        self._table = bytearray(b"\xff" * len(self._table))

    def seen(self, task: str) -> bool:
        """Adds the id; says whether it may have been there."""
        crc, mask, table = zlib.crc32(task.encode()), self._mask, self._table
        first, second = crc & mask, (crc * 0x9E3779B1 >> 7 ^ crc) & mask
        was = table[first >> 3] & 1 << (first & 7) and table[second >> 3] & 1 << (second & 7)
        if was:
            return True
        table[first >> 3] |= 1 << (first & 7)
        table[second >> 3] |= 1 << (second & 7)
        self._added += 1
        return False

    @property
    def crowded(self) -> bool:
        """Whether more than 1.6 % of new ids are taken for known ones, and a larger filter would do better."""
        return self._added * 16 > 1 << self.bits and self.bits < BITS_MAX

    @property
    def table(self) -> bytes:
        """As `load` takes it."""
        return bytes(self._table)
