-- The audit trail: one row when a command is asked, one when it is answered; the rest of it is in `fields`.
CREATE TABLE IF NOT EXISTS commands (
    tenant_id UInt32,
    command_id String,
    type LowCardinality(String),
    cluster_id UInt32,
    at DateTime64(6, 'UTC'),
    fields String
) ENGINE = {engine}ReplacingMergeTree
ORDER BY (tenant_id, command_id, type)
TTL toDateTime(at) + INTERVAL 400 DAY;

CREATE MATERIALIZED VIEW IF NOT EXISTS commands_mv TO commands AS
SELECT e.tenant_id AS tenant_id, JSONExtractString(e.fields, 'id') AS command_id, e.type AS type, e.cluster_id AS cluster_id,
    e.at AS at, e.fields AS fields
FROM events AS e WHERE e.type IN ('meadow-command-asked', 'meadow-command-answered') AND e.task_id = '';
