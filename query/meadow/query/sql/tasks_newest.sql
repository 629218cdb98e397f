-- A page of tasks, newest birth first, from below a cursor (anchor, id, cluster) down to since.
SELECT cluster_id, task_id, anchor, name, state, queue, worker, retries, sent_at, received_at, started_at, finished_at,
    runtime_s, queue_wait_s, eta, expires, args, kwargs, result, exception, exception_type, root_id, parent_id
FROM tasks FINAL
WHERE tenant_id = {tenant_id:UInt32} AND cluster_id IN {cluster_ids:Array(UInt32)}
    AND anchor >= fromUnixTimestamp64Milli({since_ms:Int64}, 'UTC')
    AND anchor <= fromUnixTimestamp64Milli({below_ms:Int64}, 'UTC')
    AND (anchor, task_id, cluster_id) < (fromUnixTimestamp64Milli({below_ms:Int64}, 'UTC'), {below_id:String}, {below_cluster:UInt32})
    AND (empty({states:Array(String)}) OR state IN {states:Array(String)})
    AND (empty({names:Array(String)}) OR name IN {names:Array(String)})
    AND (empty({workers:Array(String)}) OR worker IN {workers:Array(String)})
    AND (empty({queues:Array(String)}) OR queue IN {queues:Array(String)}) /* search */
ORDER BY anchor DESC, task_id DESC, cluster_id DESC
LIMIT {limit:UInt32}
