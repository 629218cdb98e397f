-- A page of tasks born in a range, the longest run or wait first, from below a cursor (microseconds, id, cluster). The inner
-- one finds which, so that texts are read of a page only.
SELECT cluster_id, task_id, anchor, name, state, queue, worker, retries, sent_at, received_at, started_at, finished_at,
    runtime_s, queue_wait_s, eta, expires, args, kwargs, result, exception, exception_type, root_id, parent_id,
    toInt64(1000000 * if({by:String} = 'runtime', /* ran */, queue_wait_s)) AS length_us
FROM tasks FINAL
WHERE tenant_id = {tenant_id:UInt32} AND cluster_id IN {cluster_ids:Array(UInt32)}
    AND (anchor, task_id, cluster_id) IN (
        SELECT anchor, task_id, cluster_id
        FROM tasks FINAL
        WHERE tenant_id = {tenant_id:UInt32} AND cluster_id IN {cluster_ids:Array(UInt32)}
            AND anchor >= fromUnixTimestamp64Milli({since_ms:Int64}, 'UTC')
            AND anchor < fromUnixTimestamp64Milli({until_ms:Int64}, 'UTC')
            AND (toInt64(1000000 * if({by:String} = 'runtime', /* ran */, queue_wait_s)), task_id, cluster_id)
                < ({below_us:Int64}, {below_id:String}, {below_cluster:UInt32})
            AND (empty({states:Array(String)}) OR state IN {states:Array(String)})
            AND (empty({names:Array(String)}) OR name IN {names:Array(String)})
            AND (empty({workers:Array(String)}) OR worker IN {workers:Array(String)})
            AND (empty({queues:Array(String)}) OR queue IN {queues:Array(String)}) /* search */
        ORDER BY toInt64(1000000 * if({by:String} = 'runtime', /* ran */, queue_wait_s)) DESC, task_id DESC, cluster_id DESC
        LIMIT {limit:UInt32}
    )
ORDER BY length_us DESC, task_id DESC, cluster_id DESC
LIMIT {limit:UInt32}
