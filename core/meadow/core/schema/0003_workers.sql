-- What workers say of themselves. Rows come into `workers_in`, which keeps nothing; two views keep what is asked for.
-- Both are maxima, so a row that comes twice changes nothing.
CREATE TABLE IF NOT EXISTS workers_in (
    tenant_id UInt32,
    cluster_id UInt32,
    hostname String,
    pid UInt32,
    type LowCardinality(String),
    at DateTime64(3, 'UTC'),
    received_at DateTime64(3, 'UTC'),
    freq_s Float32,
    active Nullable(UInt32),
    processed Nullable(UInt64),
    load1 Float32,
    load5 Float32,
    load15 Float32,
    software LowCardinality(String),
    version LowCardinality(String),
    system LowCardinality(String)
) ENGINE = Null;

CREATE TABLE IF NOT EXISTS workers (
    tenant_id UInt32,
    cluster_id UInt32,
    hostname String,
    at SimpleAggregateFunction(max, DateTime64(3, 'UTC')),
    received_at SimpleAggregateFunction(max, DateTime64(3, 'UTC')),
    last AggregateFunction(argMax, Tuple(type String, pid UInt32, freq_s Float32, software String, version String, system String), DateTime64(3, 'UTC')),
    load AggregateFunction(argMaxIf, Tuple(active UInt32, processed UInt64, load1 Float32, load5 Float32, load15 Float32), DateTime64(3, 'UTC'), UInt8)
) ENGINE = {engine}AggregatingMergeTree
ORDER BY (tenant_id, cluster_id, hostname)
TTL toDateTime(received_at) + INTERVAL 90 DAY
SETTINGS default_compression_codec = 'ZSTD(1)';

CREATE MATERIALIZED VIEW IF NOT EXISTS workers_mv TO workers AS
SELECT w.tenant_id AS tenant_id, w.cluster_id AS cluster_id, w.hostname AS hostname,
    max(w.at) AS at, max(w.received_at) AS received_at,
    argMaxState(CAST((toString(w.type), w.pid, w.freq_s, toString(w.software), toString(w.version), toString(w.system)), 'Tuple(type String, pid UInt32, freq_s Float32, software String, version String, system String)'), w.at) AS last,
    argMaxIfState(CAST((ifNull(w.active, 0), ifNull(w.processed, 0), w.load1, w.load5, w.load15), 'Tuple(active UInt32, processed UInt64, load1 Float32, load5 Float32, load15 Float32)'), w.at, toUInt8(isNotNull(w.processed))) AS load
FROM workers_in AS w GROUP BY tenant_id, cluster_id, hostname;

-- A minute of one worker process. processed only rises while a process lives, so its two ends belong to the two times:
-- tasks started after first_at, up to last_at, number processed_max - processed_min.
CREATE TABLE IF NOT EXISTS worker_minutes (
    tenant_id UInt32,
    cluster_id UInt32,
    hostname LowCardinality(String),
    pid UInt32,
    minute DateTime('UTC'),
    first_at SimpleAggregateFunction(min, DateTime64(3, 'UTC')),
    last_at SimpleAggregateFunction(max, DateTime64(3, 'UTC')),
    processed_min SimpleAggregateFunction(min, UInt64),
    processed_max SimpleAggregateFunction(max, UInt64),
    active_max SimpleAggregateFunction(max, UInt32),
    load1_max SimpleAggregateFunction(max, Float32)
) ENGINE = {engine}AggregatingMergeTree
PARTITION BY toYYYYMM(minute)
ORDER BY (tenant_id, cluster_id, hostname, minute, pid)
TTL minute + INTERVAL 90 DAY
SETTINGS default_compression_codec = 'ZSTD(1)';

CREATE MATERIALIZED VIEW IF NOT EXISTS worker_minutes_mv TO worker_minutes AS
SELECT w.tenant_id AS tenant_id, w.cluster_id AS cluster_id, w.hostname AS hostname, w.pid AS pid,
    toDateTime(toStartOfMinute(w.at), 'UTC') AS minute,
    min(w.at) AS first_at, max(w.at) AS last_at,
    min(assumeNotNull(w.processed)) AS processed_min, max(assumeNotNull(w.processed)) AS processed_max,
    max(ifNull(w.active, 0)) AS active_max, max(w.load1) AS load1_max
FROM workers_in AS w WHERE isNotNull(w.processed) GROUP BY tenant_id, cluster_id, hostname, pid, minute;
