-- How many processes a pool has now: Celery 5.7's `max-concurrency` is what it began with, and growing or shrinking changes only the list.
ALTER TABLE snapshots_mv MODIFY QUERY
SELECT e.tenant_id AS tenant_id, e.cluster_id AS cluster_id, toString(e.hostname) AS hostname,
    JSONExtractString(e.fields, 'what') AS what, e.at AS at, JSONExtractString(e.fields, 'value') AS value,
    JSONExtractBool(e.fields, 'cut') AS cut, JSONExtractString(e.fields, 'error') AS error,
    if(what = 'stats', JSONExtractString(value, 'pool', 'implementation'), '') AS implementation,
    multiIf(what != 'stats', 0, JSONType(value, 'pool', 'processes') = 'Array' AND JSONLength(value, 'pool', 'processes') > 0,
        toUInt32(JSONLength(value, 'pool', 'processes')), JSONExtract(value, 'pool', 'max-concurrency', 'UInt32')) AS max_concurrency,
    if(what = 'active_queues', arrayMap(queue -> queue.1, JSONExtract(value, 'Array(Tuple(name String))')), []) AS queues
FROM events AS e WHERE e.type = 'meadow-snapshot' AND e.task_id = '';
