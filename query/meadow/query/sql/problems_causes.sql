-- What some names failed with in a range: the commonest exception first.
SELECT cluster_id, name, exception_type, count() AS failed
FROM tasks FINAL
WHERE tenant_id = {tenant_id:UInt32} AND cluster_id IN {cluster_ids:Array(UInt32)}
    AND anchor >= fromUnixTimestamp64Milli({born_ms:Int64}, 'UTC')
    AND anchor < fromUnixTimestamp64Milli({until_ms:Int64}, 'UTC') + INTERVAL 1 DAY
    AND bitAnd(bitShiftRight(rank, 8), 281474976710655) >= {since_ms:Int64}
    AND finished_at >= fromUnixTimestamp64Milli({since_ms:Int64}, 'UTC')
    AND finished_at < fromUnixTimestamp64Milli({until_ms:Int64}, 'UTC')
    AND name IN {names:Array(String)} AND state = 'FAILURE'
GROUP BY cluster_id, name, exception_type
ORDER BY failed DESC, exception_type
LIMIT 1000
