-- Tasks that one worker had begun, or taken, and not ended; the youngest first.
SELECT cluster_id, task_id, anchor, name, state, queue, worker, retries, sent_at, received_at, started_at, finished_at,
    runtime_s, queue_wait_s, eta, expires, args, kwargs, result, exception, exception_type, root_id, parent_id
FROM tasks FINAL
WHERE tenant_id = {tenant_id:UInt32} AND cluster_id IN {cluster_ids:Array(UInt32)}
    AND anchor >= fromUnixTimestamp64Milli({born_ms:Int64}, 'UTC')
    AND rank < bitShiftLeft(toUInt64(3), 56) AND state IN ('RECEIVED', 'STARTED') AND worker = {hostname:String}
ORDER BY state = 'STARTED' DESC, anchor DESC, task_id DESC
LIMIT {limit:UInt32}
