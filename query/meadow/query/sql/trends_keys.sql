-- The values of a dimension with the most tasks finished in a range.
SELECT multiIf({by:String} = 'name', toString(name), {by:String} = 'queue', toString(queue), {by:String} = 'worker', toString(worker),
        {by:String} = 'state', toString(state), toString(cluster_id)) AS key,
    count() AS finished
FROM tasks FINAL
WHERE tenant_id = {tenant_id:UInt32} AND cluster_id IN {cluster_ids:Array(UInt32)}
    AND anchor >= fromUnixTimestamp64Milli({born_ms:Int64}, 'UTC')
    AND anchor < fromUnixTimestamp64Milli({until_ms:Int64}, 'UTC') + INTERVAL 1 DAY
    AND finished_at >= fromUnixTimestamp64Milli({since_ms:Int64}, 'UTC')
    AND finished_at < fromUnixTimestamp64Milli({until_ms:Int64}, 'UTC')
    AND (empty({states:Array(String)}) OR state IN {states:Array(String)})
    AND (empty({names:Array(String)}) OR name IN {names:Array(String)})
    AND (empty({workers:Array(String)}) OR worker IN {workers:Array(String)})
    AND (empty({queues:Array(String)}) OR queue IN {queues:Array(String)}) /* search */
GROUP BY key
ORDER BY finished DESC, key
LIMIT {top:UInt32}
