"""What the control service is started with."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ControlSettings:
    """reply_within_s    connecting, sending and waiting for replies; a worker that answers later counts as silent.
    patience_s        how much longer than that a repeat waits for another process that is sending the same order.
    store_within_s    one look into the store.
    caught_up_within_s  how long the first commands after a start wait for the store to know what was asked before it.
    running_max       commands of one tenant at once; more are refused with OverBudget.
    kept_max, kept_s  outcomes remembered for a repeat that comes before the store has them; the oldest is forgotten first.
    keys_max          keys of one tenant under which this process sent within kept_s; more are refused with OverBudget.
    all_keys_max      the same of all tenants.
    idle_s            a wire nobody used that long is closed.
    inspect_within_s  as reply_within_s, of an inspection.
    inspect_every_s   how often the workers of every cluster are inspected by Meadow itself; 0: never.
    secret_keys       names of secrets beside the usual ones: their values are hidden in what an inspection keeps.
    """

    reply_within_s: float = 2.0
    patience_s: float = 3.0
    store_within_s: float = 3.0
    caught_up_within_s: float = 10.0
    running_max: int = 16
    kept_max: int = 1_000
    kept_s: float = 600.0
    keys_max: int = 10_000
    all_keys_max: int = 100_000
    idle_s: float = 300.0
    inspect_within_s: float = 5.0
    inspect_every_s: float = 60.0
    secret_keys: tuple[str, ...] = ()
