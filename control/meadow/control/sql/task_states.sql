-- States of some tasks of one cluster, as far as they are known.
SELECT task_id, state
FROM tasks FINAL
WHERE tenant_id = {tenant_id:UInt32} AND cluster_id = {cluster_id:UInt32} AND task_id IN {task_ids:Array(String)}
    AND (anchor >= fromUnixTimestamp64Milli({young_ms:Int64}, 'UTC') OR anchor IN (
        SELECT anchor FROM task_ids
        WHERE tenant_id = {tenant_id:UInt32} AND cluster_id = {cluster_id:UInt32} AND task_id IN {task_ids:Array(String)}
    ))
ORDER BY anchor
