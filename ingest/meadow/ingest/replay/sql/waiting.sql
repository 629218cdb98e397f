SELECT count()
FROM late_tasks FINAL
WHERE tenant_id = {tenant:UInt32} AND cluster_id = {cluster:UInt32} AND task_id IN {tasks:Array(String)} AND version = 0
SETTINGS max_threads = 1, priority = 100
