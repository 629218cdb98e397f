-- Of one task and one time.
WHERE tenant_id = {tenant:UInt32} AND cluster_id = {cluster:UInt32}
    AND e.at >= fromUnixTimestamp64Micro({since_us:Int64}, 'UTC') AND e.at < fromUnixTimestamp64Micro({until_us:Int64}, 'UTC')
    AND toStartOfTenMinutes(e.at) = toDateTime({slot:UInt32}, 'UTC') AND task_id = {task:String}
    AND e.at = fromUnixTimestamp64Micro({at_us:Int64}, 'UTC') AND (startsWith(type, 'task-') OR type = 'meadow-lost')
    AND (toString(type), toString(hostname), pid, clock) > ({kind:String}, {host:String}, {pid:UInt32}, {clock:UInt64})
ORDER BY kind, host, pid, clock
LIMIT {limit:UInt32}
SETTINGS max_threads = 1, priority = 100
