-- Tasks of which an attempt failed with such a traceback: within a search, and no longer ago than the tasks it looks at.
SELECT cluster_id, task_id
FROM events
WHERE tenant_id = {tenant_id:UInt32} AND cluster_id IN {cluster_ids:Array(UInt32)}
    AND toStartOfTenMinutes(at) >= toStartOfTenMinutes(fromUnixTimestamp64Milli({/* born */:Int64}, 'UTC') - INTERVAL 1 HOUR)
    AND type IN ('task-failed', 'task-retried') AND /* traceback */
