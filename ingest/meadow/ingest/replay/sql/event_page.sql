-- In the order of the table's key, and by nothing else: then the engine reads no further than the page goes.
WHERE tenant_id = {tenant:UInt32} AND cluster_id = {cluster:UInt32}
    AND e.at >= fromUnixTimestamp64Micro({since_us:Int64}, 'UTC') AND e.at < fromUnixTimestamp64Micro({until_us:Int64}, 'UTC')
    AND toStartOfTenMinutes(e.at) >= toDateTime({slot:UInt32}, 'UTC')
    AND (toStartOfTenMinutes(e.at) > toDateTime({slot:UInt32}, 'UTC') OR task_id >= {task:String})
    AND (toStartOfTenMinutes(e.at) > toDateTime({slot:UInt32}, 'UTC') OR task_id > {task:String}
        OR e.at > fromUnixTimestamp64Micro({at_us:Int64}, 'UTC'))
    AND task_id != '' AND (startsWith(type, 'task-') OR type = 'meadow-lost')
ORDER BY toStartOfTenMinutes(e.at), task_id, e.at
LIMIT {limit:UInt32}
SETTINGS max_threads = 1, priority = 100
