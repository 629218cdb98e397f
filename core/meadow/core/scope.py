"""Whose data this is, and who asks: nothing is read, appended or sent without one."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from meadow.core.connections import Connection
from meadow.core.errors import Forbidden, NotFound


class Permission(StrEnum):
    """The closed list of what a credential may allow."""

    TASKS_READ = "tasks:read"
    TASKS_PAYLOAD = "tasks:payload"
    WORKERS_READ = "workers:read"
    QUEUES_READ = "queues:read"
    METRICS_READ = "metrics:read"
    TASKS_CONTROL = "tasks:control"
    WORKERS_CONTROL = "workers:control"
    QUEUES_MANAGE = "queues:manage"
    REGISTRY_MANAGE = "registry:manage"
    TOKENS_MANAGE = "tokens:manage"
    AUDIT_READ = "audit:read"


@dataclass(frozen=True, slots=True)
class Tenant:
    """id: 1 to 2^32-1, the first column of every key. slug: [a-z0-9-], 1 to 63."""

    id: int
    slug: str


@dataclass(frozen=True, slots=True)
class Cluster:
    """One Celery deployment. id: 1 to 2^32-1, unique in its tenant and never reused; slug: unique in its tenant."""

    tenant: Tenant
    id: int
    slug: str
    connection: Connection


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: subject for the audit, the tenant of the credential, what it allows.

    clusters  slugs the credential is limited to; None means every cluster of the tenant.
    """

    subject: str
    tenant: Tenant
    permissions: frozenset[Permission]
    clusters: frozenset[str] | None = None

    def must(self, permission: Permission) -> None:
        """Raises Forbidden naming the permission that is missing."""
        if permission not in self.permissions:
            raise Forbidden(f"This needs the permission {permission}.", needs=str(permission))


@dataclass(frozen=True, slots=True)
class Directory:
    """The tenants and clusters this process knows. Replaced as a whole when they change, never mutated."""

    clusters: tuple[Cluster, ...]

    def visible(self, caller: Caller) -> tuple[Cluster, ...]:
        """Clusters of the caller's tenant that its credential reaches, in the order they were given."""
        return tuple(c for c in self.clusters if c.tenant == caller.tenant and allowed(caller, c.slug))

    def cluster(self, caller: Caller, slug: str) -> Cluster:
        """Raises NotFound, with the same words for a cluster that is absent and one that is not the caller's."""
        for cluster in self.visible(caller):
            if cluster.slug == slug:
                return cluster
        raise NotFound("No cluster of that name.", field="cluster")


def allowed(caller: Caller, slug: str) -> bool:
    """Whether the credential reaches a cluster of its own tenant."""
    return caller.clusters is None or slug in caller.clusters
