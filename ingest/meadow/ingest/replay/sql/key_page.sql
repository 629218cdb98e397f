-- Keys of live rows. Those that were left need no name: the live row knows all that stood there.
SELECT toUnixTimestamp64Milli(t.anchor) AS after_ms, task_id AS after_task
FROM tasks AS t FINAL
WHERE tenant_id = {tenant:UInt32} AND cluster_id = {cluster:UInt32}
    AND t.anchor >= fromUnixTimestamp64Micro({since_us:Int64}, 'UTC') AND t.anchor < fromUnixTimestamp64Micro({until_us:Int64}, 'UTC')
    AND is_deleted = 0 AND t.anchor >= fromUnixTimestamp64Milli({after_ms:Int64}, 'UTC')
    AND (t.anchor > fromUnixTimestamp64Milli({after_ms:Int64}, 'UTC') OR task_id > {after_task:String})
ORDER BY after_ms, after_task
LIMIT {limit:UInt32}
SETTINGS max_threads = 1, priority = 100
