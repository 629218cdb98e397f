-- One task in every cluster that has it, newest first: by its id through task_ids, or young enough to be not yet named there.
SELECT cluster_id, task_id, anchor, name, state, queue, worker, retries, sent_at, received_at, started_at, finished_at,
    runtime_s, queue_wait_s, eta, expires, args, kwargs, result, exception, exception_type, root_id, parent_id, toUInt8(bitCount(seen)) AS kinds_seen
FROM tasks FINAL
WHERE tenant_id = {tenant_id:UInt32} AND cluster_id IN {cluster_ids:Array(UInt32)} AND task_id = {task_id:String}
    AND (anchor >= fromUnixTimestamp64Milli({young_ms:Int64}, 'UTC') OR anchor IN (
        SELECT anchor FROM task_ids
        WHERE tenant_id = {tenant_id:UInt32} AND cluster_id IN {cluster_ids:Array(UInt32)} AND task_id = {task_id:String}
    ))
ORDER BY anchor DESC
LIMIT 100
