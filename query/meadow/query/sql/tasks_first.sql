-- When the oldest kept task was born: where `oldest` begins when no range is given.
SELECT toUnixTimestamp64Milli(anchor) AS first_ms
FROM tasks
WHERE tenant_id = {tenant_id:UInt32} AND cluster_id IN {cluster_ids:Array(UInt32)}
ORDER BY anchor ASC LIMIT 1
