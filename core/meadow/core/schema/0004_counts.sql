-- Running totals of each collector, by hour; a maximum, so a report that comes twice changes nothing.
CREATE TABLE IF NOT EXISTS collector_counts (
    tenant_id UInt32,
    cluster_id UInt32,
    collector String,
    name LowCardinality(String),
    hour DateTime('UTC'),
    total SimpleAggregateFunction(max, UInt64),
    at SimpleAggregateFunction(max, DateTime64(3, 'UTC'))
) ENGINE = {engine}AggregatingMergeTree
ORDER BY (tenant_id, cluster_id, hour, name, collector)
TTL hour + INTERVAL 90 DAY;

CREATE MATERIALIZED VIEW IF NOT EXISTS collector_counts_mv TO collector_counts AS
SELECT e.tenant_id AS tenant_id, e.cluster_id AS cluster_id, JSONExtractString(e.fields, 'collector') AS collector,
    pair.1 AS name, toDateTime(toStartOfHour(e.at), 'UTC') AS hour, max(pair.2) AS total, max(toDateTime64(e.at, 3, 'UTC')) AS at
FROM events AS e ARRAY JOIN JSONExtractKeysAndValues(e.fields, 'counts', 'UInt64') AS pair
WHERE e.type = 'meadow-collector' GROUP BY tenant_id, cluster_id, collector, name, hour;

-- What could not be decoded or stored, kept with its reason.
CREATE TABLE IF NOT EXISTS dead_letters (
    tenant_id UInt32,
    cluster_id UInt32,
    received_at DateTime64(6, 'UTC'),
    reason LowCardinality(String),
    detail String,
    content_type LowCardinality(String),
    content_encoding LowCardinality(String),
    routing_key String,
    body String,
    body_bytes UInt64
) ENGINE = {engine}MergeTree
PARTITION BY toYYYYMM(received_at)
ORDER BY (tenant_id, cluster_id, received_at)
TTL toDateTime(received_at) + INTERVAL 30 DAY
SETTINGS ttl_only_drop_parts = 1, default_compression_codec = 'ZSTD(1)';
