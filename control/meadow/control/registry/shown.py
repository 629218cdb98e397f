"""Tenants and clusters as the API shows them: everything but what is secret."""

from __future__ import annotations

from typing import Any

from meadow.control.outcome import shown
from meadow.core.registry_book import Book
from meadow.core.registry_records import OPTIONS, ClusterRecord, Record, TenantRecord


def cluster(record: ClusterRecord) -> dict[str, Any]:
    """broker: without its password. The transport options are not shown, for they may hold some."""
    options = {name: getattr(record.shown, name) for name in OPTIONS}
    return {"slug": record.slug, "broker": record.shown.url, **options, **_change(record)}


def tenant(record: TenantRecord, registry: Book) -> dict[str, Any]:
    """clusters: how many it has of its clusters_max."""
    used = len(registry.all_clusters(record.slug))
    return {
        "slug": record.slug,
        "name": record.name,
        "clusters": used,
        "clusters_max": record.clusters_max,
        **_change(record),
    }


def _change(record: Record) -> dict[str, Any]:
    return {
        "version": record.version,
        "created_at": shown(record.created_at),
        "changed_at": shown(record.changed_at),
        "changed_by": record.changed_by,
    }
