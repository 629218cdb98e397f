-- What was said about one task, oldest first, each event once, after a cursor.
SELECT tenant_id, cluster_id, task_id, type, at, received_at, hostname, pid, clock, name, args, kwargs, retries, eta, expires,
    queue, routing_key, exchange, root_id, parent_id, result, runtime_s, exception, traceback, fields, marks
FROM events
WHERE tenant_id = {tenant_id:UInt32} AND cluster_id IN {cluster_ids:Array(UInt32)} AND task_id = {task_id:String}
    AND toStartOfTenMinutes(at) >= toStartOfTenMinutes(fromUnixTimestamp64Milli({since_ms:Int64}, 'UTC'))
    AND toStartOfTenMinutes(at) <= toStartOfTenMinutes(fromUnixTimestamp64Milli({until_ms:Int64}, 'UTC'))
    AND (at, clock, toString(hostname), pid, toString(type))
        > (fromUnixTimestamp64Micro({after_us:Int64}, 'UTC'), {after_clock:UInt64}, {after_hostname:String}, {after_pid:UInt32}, {after_type:String})
ORDER BY at, clock, toString(hostname), pid, toString(type), received_at
LIMIT 1 BY at, clock, hostname, pid, type
LIMIT {limit:UInt32}
