SELECT toUnixTimestamp(toStartOfHour(at)) AS hour, tenant_id, cluster_id, count()
FROM events
WHERE at >= fromUnixTimestamp64Micro({since_us:Int64}, 'UTC') AND at < fromUnixTimestamp64Micro({until_us:Int64}, 'UTC')
    AND ({tenant:UInt32} = 0 OR tenant_id = {tenant:UInt32})
    AND (empty({clusters:Array(UInt32)}) OR has({clusters:Array(UInt32)}, cluster_id))
GROUP BY hour, tenant_id, cluster_id
ORDER BY hour, tenant_id, cluster_id
SETTINGS max_threads = 1, priority = 100
