SELECT tenant_id, cluster_id, task_id, version, state
FROM late_tasks FINAL
WHERE CRC32(concat(toString(tenant_id), '/', toString(cluster_id), '/', task_id)) % {partitions:UInt32} IN {owned:Array(UInt32)}
LIMIT {limit:UInt32}
