SELECT DISTINCT task_id, toUnixTimestamp64Milli(anchor) AS ms
FROM task_ids
WHERE tenant_id = {tenant:UInt32} AND cluster_id = {cluster:UInt32} AND task_id IN {tasks:Array(String)}
