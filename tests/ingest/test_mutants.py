"""The properties notice when the fold or the writer is wrong in one small place."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from tests.ingest.mutants import killed_after


@dataclass(frozen=True)
class Mutant:
    """One place of one module of the writer, made wrong."""

    module: str
    right: str
    wrong: str


MUTANTS = {
    "a later sent does not move the key back": Mutant(
        "fold",
        "if not row[SEEN] & SAW_SENT or anchor < row[ANCHOR]:",
        "if not row[SEEN] & SAW_SENT or anchor > row[ANCHOR]:",
    ),
    "revoked beats failed": Mutant(
        "fold_rows",
        "REVOKED, FAILED, SUCCEEDED = ",
        "FAILED, REVOKED, SUCCEEDED = ",
    ),
    "lost is terminal": Mutant(
        "fold",
        "_plain(ACTIVE | 10,",
        "_plain(FAILED | 10,",
    ),
    "a tie of custom states is not broken": Mutant(
        "fold",
        "(worker, custom) > (row[WORKER], row[CUSTOM])",
        "worker > row[WORKER]",
    ),
    "runtime is not a Float32": Mutant(
        "fold",
        "return float(_FLOAT32.unpack(_FLOAT32.pack(bounded))[0])",
        "return float(bounded)",
    ),
    "the header of a sent beats its attempt's received": Mutant(
        "fold",
        "if row[RECEIVED] >> 48 < attempt:",
        "if row[RECEIVED] >> 48 <= attempt:",
    ),
    "the old key is not remembered": Mutant(
        "fold",
        "+ [old]",
        "+ []",
    ),
    "join forgets the other's keys": Mutant(
        "fold_join",
        "{*row[MOVED], *other[MOVED],",
        "{*row[MOVED],",
    ),
    "join does not join what was seen": Mutant(
        "fold_join",
        "row[SEEN] |= other[SEEN]",
        "row[SEEN] = max(row[SEEN], other[SEEN])",
    ),
    "resume drops keys that were real": Mutant(
        "fold_join",
        "    if won:\n",
        "    if True:\n",
    ),
    "tombstones do not lead to the live key": Mutant(
        "fold_rows",
        "dead[MOVED] = [row[ANCHOR], *(",
        "dead[MOVED] = [*(",
    ),
    "tombstones are alive": Mutant(
        "fold_rows",
        "dead[ANCHOR], dead[DELETED] = anchor, 1",
        "dead[ANCHOR], dead[DELETED] = anchor, 0",
    ),
    "the version is the first block's": Mutant(
        "fold_block",
        "max(row[VERSION], version)",
        "row[VERSION] or version",
    ),
    "the filter is not believed to know": Mutant(
        "gathered",
        "if self.known.seen(task):",
        "if self.known.seen(task) and False:",
    ),
    "the filter is not loaded after a rebalance": Mutant(
        "gathered",
        "self._known_as_of_assignment = False\n\n",
        "pass\n\n",
    ),
    "memory is kept over a rebalance": Mutant(
        "gathered",
        "        self.memory.drop(partitions)\n",
        "",
    ),
    "keep does not show": Mutant(
        "gathered",
        "        await self.show()\n        done",
        "        done",
    ),
    "no name is given to a moved key": Mutant(
        "gathered",
        "(*self.fresh[key].values(), *moved, *mended)",
        "(*self.fresh[key].values(), *mended)",
    ),
    "memory forgets what is not named": Mutant(
        "gathered",
        "if self.hold or any(self.touched.values()) or any(self.born.values()):",
        "if False:",
    ),
    "what is put aside is not looked up": Mutant(
        "gathered",
        "await self.shelf.insert_late([doubtful[task] for task in late])",
        "pass",
    ),
    "two clusters share their tasks": Mutant(
        "gathered",
        "key = Key(block.partition, block.tenant_id, block.cluster_id)",
        "key = Key(block.partition, block.tenant_id, 1)",
    ),
}
SEEDS_MAX = 1_500


@pytest.mark.parametrize("what", MUTANTS)
def test_it_is_noticed(what: str) -> None:
    mutant = MUTANTS[what]
    assert killed_after(f"meadow.ingest.folding.{mutant.module}", mutant.right, mutant.wrong, SEEDS_MAX)
