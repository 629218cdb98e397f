-- Of one millisecond.
WHERE tenant_id = {tenant:UInt32} AND cluster_id = {cluster:UInt32} AND is_deleted = 0
    AND t.anchor >= fromUnixTimestamp64Micro({since_us:Int64}, 'UTC') AND t.anchor < fromUnixTimestamp64Micro({until_us:Int64}, 'UTC')
    AND t.anchor = fromUnixTimestamp64Milli({ms:Int64}, 'UTC') AND task_id > {task:String}
ORDER BY task
LIMIT {limit:UInt32}
SETTINGS max_threads = 1, priority = 100
