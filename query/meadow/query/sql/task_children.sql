-- Tasks that one task started.
SELECT task_id, cluster_id, name, state, started_at, finished_at, runtime_s
FROM tasks FINAL
WHERE tenant_id = {tenant_id:UInt32} AND cluster_id IN {cluster_ids:Array(UInt32)}
    AND anchor >= fromUnixTimestamp64Milli({since_ms:Int64}, 'UTC')
    AND anchor <= fromUnixTimestamp64Milli({until_ms:Int64}, 'UTC')
    AND parent_id = {task_id:String} AND task_id != {task_id:String}
ORDER BY anchor, task_id
LIMIT {limit:UInt32}
