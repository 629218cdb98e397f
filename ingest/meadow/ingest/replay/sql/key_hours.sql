SELECT toUnixTimestamp(toStartOfHour(anchor)) AS hour, tenant_id, cluster_id, count()
FROM tasks
WHERE anchor >= fromUnixTimestamp64Micro({since_us:Int64}, 'UTC') AND anchor < fromUnixTimestamp64Micro({until_us:Int64}, 'UTC')
    AND ({tenant:UInt32} = 0 OR tenant_id = {tenant:UInt32})
    AND (empty({clusters:Array(UInt32)}) OR has({clusters:Array(UInt32)}, cluster_id))
GROUP BY hour, tenant_id, cluster_id
ORDER BY hour, tenant_id, cluster_id
SETTINGS max_threads = 1, priority = 100
