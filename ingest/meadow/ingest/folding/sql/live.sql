-- What the one live row of each task comes to.
SELECT task_id, max(rank), groupBitOr(seen)
FROM tasks FINAL
WHERE tenant_id = {tenant:UInt32} AND cluster_id = {cluster:UInt32} AND task_id IN {tasks:Array(String)} AND is_deleted = 0
    AND anchor IN (
        SELECT anchor FROM task_ids
        WHERE tenant_id = {tenant:UInt32} AND cluster_id = {cluster:UInt32} AND task_id IN {tasks:Array(String)}
    )
GROUP BY task_id
