"""Who may ask what of which cluster."""

from __future__ import annotations

from meadow.control.command import Command
from meadow.core.scope import Caller, Cluster, Directory


def permit(caller: Caller, directory: Directory, slug: str, kind: type[Command]) -> Cluster:
    """The cluster, when the caller may ask this of it.

    Raises Forbidden naming the permission, before it says anything of the cluster; then NotFound for one that is absent or
    not the caller's, in the same words.
    """
    caller.must(kind.needs)
    return directory.cluster(caller, slug)
