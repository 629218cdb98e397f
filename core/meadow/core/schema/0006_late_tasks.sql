-- What a writer knew of tasks it had no time to look up: states as `tasks` has them, put aside until they are joined with
-- the stored row. Every look-up of a task reads them as well.
CREATE TABLE IF NOT EXISTS late_tasks (
    tenant_id UInt32,
    cluster_id UInt32,
    task_id String,
    version UInt64,
    state String,
    is_deleted UInt8
) ENGINE = {engine}ReplacingMergeTree(version, is_deleted)
ORDER BY (tenant_id, cluster_id, task_id, version)
SETTINGS default_compression_codec = 'ZSTD(1)';
