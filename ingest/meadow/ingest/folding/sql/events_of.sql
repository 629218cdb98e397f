SELECT task_id, type, toUnixTimestamp64Micro(at) / 1000000 AS at, hostname, name, args, kwargs, retries,
    toUnixTimestamp64Micro(eta) / 1000000 AS eta, toUnixTimestamp64Micro(expires) / 1000000 AS expires,
    queue, root_id, parent_id, result, runtime_s, exception, traceback
FROM events
WHERE tenant_id = {tenant:UInt32} AND cluster_id = {cluster:UInt32} AND task_id IN {tasks:Array(String)}
    AND (startsWith(type, 'task-') OR type = 'meadow-lost')
