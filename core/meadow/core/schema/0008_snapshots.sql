-- What each worker last answered to each question of an inspection: the newest of each, out of the events that say it. What a list of
-- workers shows of it is read out here once, so that the list need not read the answers.
CREATE TABLE IF NOT EXISTS snapshots (
    tenant_id UInt32,
    cluster_id UInt32,
    hostname String,
    what LowCardinality(String),
    at DateTime64(6, 'UTC'),
    value String,
    cut UInt8,
    error String,
    implementation LowCardinality(String),
    max_concurrency UInt32,
    queues Array(String)
) ENGINE = {engine}ReplacingMergeTree(at)
ORDER BY (tenant_id, cluster_id, hostname, what)
TTL toDateTime(at) + INTERVAL 90 DAY
SETTINGS default_compression_codec = 'ZSTD(1)';

CREATE MATERIALIZED VIEW IF NOT EXISTS snapshots_mv TO snapshots AS
SELECT e.tenant_id AS tenant_id, e.cluster_id AS cluster_id, toString(e.hostname) AS hostname,
    JSONExtractString(e.fields, 'what') AS what, e.at AS at, JSONExtractString(e.fields, 'value') AS value,
    JSONExtractBool(e.fields, 'cut') AS cut, JSONExtractString(e.fields, 'error') AS error,
    if(what = 'stats', JSONExtractString(value, 'pool', 'implementation'), '') AS implementation,
    if(what = 'stats', JSONExtract(value, 'pool', 'max-concurrency', 'UInt32'), 0) AS max_concurrency,
    if(what = 'active_queues', arrayMap(queue -> queue.1, JSONExtract(value, 'Array(Tuple(name String))')), []) AS queues
FROM events AS e WHERE e.type = 'meadow-snapshot' AND e.task_id = '';
