-- Which task ids begin so.
SELECT DISTINCT task_id
FROM task_ids
WHERE tenant_id = {tenant_id:UInt32} AND cluster_id IN {cluster_ids:Array(UInt32)}
    AND task_id >= {prefix:String} AND startsWith(task_id, {prefix:String})
LIMIT 1000
