-- Events of tasks, in the order of the table's key. Those that are one event may come once or twice.
SELECT task_id, type, toUnixTimestamp64Micro(e.at) / 1000000 AS at, hostname, name, args, kwargs, retries,
    toUnixTimestamp64Micro(e.eta) / 1000000 AS eta, toUnixTimestamp64Micro(e.expires) / 1000000 AS expires,
    queue, root_id, parent_id, result, runtime_s, exception,
    if(startsWith(exception, 'ExceptionWithTraceback('), e.traceback, '') AS traceback,
    toUnixTimestamp(toStartOfTenMinutes(e.at)) AS slot, task_id AS after_task, toUnixTimestamp64Micro(e.at) AS after_us,
    toString(type) AS after_type, toString(hostname) AS after_host, pid AS after_pid, clock AS after_clock
FROM events AS e
WHERE tenant_id = {tenant:UInt32} AND cluster_id = {cluster:UInt32}
    AND e.at >= fromUnixTimestamp64Micro({since_us:Int64}, 'UTC') AND e.at < fromUnixTimestamp64Micro({until_us:Int64}, 'UTC')
    AND toStartOfTenMinutes(e.at) >= toDateTime({slot:UInt32}, 'UTC')
    AND (toStartOfTenMinutes(e.at) > toDateTime({slot:UInt32}, 'UTC') OR task_id >= {after_task:String})
    AND (toStartOfTenMinutes(e.at) > toDateTime({slot:UInt32}, 'UTC')
        OR (task_id, e.at, toString(type), toString(hostname), pid, clock)
            > ({after_task:String}, fromUnixTimestamp64Micro({after_us:Int64}, 'UTC'), {after_type:String}, {after_host:String}, {after_pid:UInt32}, {after_clock:UInt64}))
    AND task_id != '' AND (startsWith(type, 'task-') OR type = 'meadow-lost')
ORDER BY toStartOfTenMinutes(e.at), task_id, e.at, toString(type), toString(hostname), pid, clock
LIMIT {limit:UInt32}
SETTINGS max_threads = 1, priority = 100
