SELECT state
FROM late_tasks FINAL
WHERE tenant_id = {tenant:UInt32} AND cluster_id = {cluster:UInt32} AND task_id IN {tasks:Array(String)}
