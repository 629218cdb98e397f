"""Who may change the registry: a tenant's own managers its clusters, the operator's managers the tenants."""

from __future__ import annotations

from meadow.core.errors import Forbidden, NotFound
from meadow.core.registry_book import Book
from meadow.core.registry_records import ClusterRecord
from meadow.core.scope import Caller, Permission, allowed

EVERY_CLUSTER = "a credential of the operator's tenant for every cluster"


def is_operator(caller: Caller, operator: str) -> bool:
    """Whether the caller manages all of Meadow. Nobody does while the operator is ""."""
    return bool(operator) and caller.tenant.slug == operator and caller.clusters is None


def must_operate(caller: Caller, operator: str) -> None:
    """Raises Forbidden, in the same words whether or not the tenant that is asked about exists."""
    caller.must(Permission.REGISTRY_MANAGE)
    if not is_operator(caller, operator):
        raise Forbidden("Tenants are managed by the operator's tenant alone.", needs=EVERY_CLUSTER)


def must_add(caller: Caller, slug: str) -> None:
    """Raises Forbidden for a credential that would not reach the cluster it adds."""
    caller.must(Permission.REGISTRY_MANAGE)
    if not allowed(caller, slug):
        raise Forbidden("The credential is limited to other clusters.", needs=f"a credential for {slug}")


def managed(caller: Caller, registry: Book, slug: str) -> ClusterRecord:
    """A cluster of the caller's tenant. Raises NotFound in the same words for one that is absent and one out of reach."""
    caller.must(Permission.REGISTRY_MANAGE)
    if not allowed(caller, slug):
        raise NotFound("No cluster of that name.", field="cluster")
    return registry.cluster(caller.tenant.slug, slug)
