"""Bounds of the registry over HTTP, and who may manage tenants."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RegistrySettings:
    """operator        slug of the tenant whose callers manage all tenants, if they have registry:manage for every cluster, and
                    may name brokers by files and sockets of this machine. "" means nobody.
    tenants_max     tenants there have ever been; more names are refused, for records of removed ones stay.
    names_max       the same for the clusters of one tenant.
    check_within_s  a try of a connection: connecting and waiting for workers' answers.
    checks_max      of one tenant at once; more are refused.
    event_within_s  how long an answer waits for its event to be on the log.
    """

    operator: str = ""
    tenants_max: int = 10_000
    names_max: int = 5_000
    check_within_s: float = 3.0
    checks_max: int = 4
    event_within_s: float = 2.0
