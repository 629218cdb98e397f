-- One live row a task, folded by the writer (meadow/ingest/folding/fold.py, which has the same columns in the same order).
-- rank = class << 56 | milliseconds << 8 | state code; sent_key, received_key = (retries + 1) << 48 | milliseconds.
CREATE TABLE IF NOT EXISTS tasks (
    tenant_id UInt32,
    anchor DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    task_id String,
    cluster_id UInt32,
    rank UInt64 CODEC(Delta, ZSTD(1)),
    name LowCardinality(String),
    queue LowCardinality(String),
    worker LowCardinality(String),
    sent_key UInt64 CODEC(Delta, ZSTD(1)),
    received_key UInt64 CODEC(Delta, ZSTD(1)),
    started_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    runtime_s Float32,
    custom LowCardinality(String),
    args String,
    kwargs String,
    result String,
    exception String,
    exception_key UInt64,
    root_id String,
    parent_id String,
    eta DateTime64(3, 'UTC'),
    expires DateTime64(3, 'UTC'),
    seen UInt16,
    moved Array(DateTime64(3, 'UTC')),
    version UInt64,
    is_deleted UInt8,
    state LowCardinality(String) MATERIALIZED if(bitAnd(rank, 255) = 6, custom, transform(bitAnd(rank, 255), [1, 2, 3, 4, 5, 7, 8, 9, 10], ['PENDING', 'RETRY', 'REJECTED', 'RECEIVED', 'STARTED', 'REVOKED', 'FAILURE', 'SUCCESS', 'LOST'], 'PENDING')),
    retries UInt16 MATERIALIZED greatest(bitShiftRight(greatest(sent_key, received_key), 48), 1) - 1,
    queue_wait_s Float32 MATERIALIZED if(toUnixTimestamp64Milli(started_at) > 0 AND greatest(bitAnd(sent_key, 281474976710655), bitAnd(received_key, 281474976710655)) > 0, greatest(0, toUnixTimestamp64Milli(started_at) - greatest(toUnixTimestamp64Milli(eta), toInt64(if(sent_key > 0 AND bitAnd(sent_key, 281474976710655) <= toUnixTimestamp64Milli(started_at), bitAnd(sent_key, 281474976710655), bitAnd(received_key, 281474976710655))))) / 1000, 0),
    exception_type LowCardinality(String) MATERIALIZED extract(exception, '^([A-Za-z_][A-Za-z0-9_.]*)'),
    fingerprint UInt64 MATERIALIZED if(exception = '', 0, cityHash64(replaceRegexpAll(exception, '(0x)?[0-9a-fA-F]{8,}|[0-9]+', '#'))),
    sent_at DateTime64(3, 'UTC') ALIAS fromUnixTimestamp64Milli(toInt64(bitAnd(sent_key, 281474976710655)), 'UTC'),
    received_at DateTime64(3, 'UTC') ALIAS fromUnixTimestamp64Milli(toInt64(bitAnd(received_key, 281474976710655)), 'UTC'),
    state_at DateTime64(3, 'UTC') ALIAS fromUnixTimestamp64Milli(toInt64(bitAnd(bitShiftRight(rank, 8), 281474976710655)), 'UTC'),
    finished_at DateTime64(3, 'UTC') ALIAS if(bitShiftRight(rank, 56) >= 3, fromUnixTimestamp64Milli(toInt64(bitAnd(bitShiftRight(rank, 8), 281474976710655)), 'UTC'), toDateTime64(0, 3, 'UTC')),
    INDEX ix_id task_id TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX ix_words lower(concat(args, ' ', kwargs, ' ', exception)) TYPE tokenbf_v1(32768, 3, 0) GRANULARITY 1
) ENGINE = {engine}ReplacingMergeTree(version, is_deleted)
PARTITION BY toMonday(anchor)
PRIMARY KEY (tenant_id, anchor)
ORDER BY (tenant_id, anchor, task_id, cluster_id)
TTL toDateTime(anchor) + INTERVAL 90 DAY
SETTINGS ttl_only_drop_parts = 1, default_compression_codec = 'ZSTD(1)', min_age_to_force_merge_seconds = 3600, min_age_to_force_merge_on_partition_only = 0;

-- Every key a task was ever written under: look-up by id or by its prefix, and what the writer's filter is built from.
CREATE TABLE IF NOT EXISTS task_ids (
    tenant_id UInt32,
    task_id String,
    anchor DateTime64(3, 'UTC'),
    cluster_id UInt32
) ENGINE = {engine}ReplacingMergeTree
PARTITION BY toYYYYMM(anchor)
ORDER BY (tenant_id, task_id, anchor, cluster_id)
TTL toDateTime(anchor) + INTERVAL 90 DAY
SETTINGS ttl_only_drop_parts = 1, index_granularity = 1024, default_compression_codec = 'ZSTD(1)';
