-- How many tasks ended on each worker since a moment, and failed; of hostnames from one to another.
SELECT cluster_id, worker, countIf(state IN ('SUCCESS', 'FAILURE')) AS finished, countIf(state = 'FAILURE') AS failed
FROM tasks FINAL
WHERE tenant_id = {tenant_id:UInt32} AND cluster_id IN {cluster_ids:Array(UInt32)}
    AND anchor >= fromUnixTimestamp64Milli({born_ms:Int64}, 'UTC')
    AND bitAnd(bitShiftRight(rank, 8), 281474976710655) >= {since_ms:Int64}
    AND finished_at >= fromUnixTimestamp64Milli({since_ms:Int64}, 'UTC')
    AND worker >= {first:String} AND worker <= {last:String}
GROUP BY cluster_id, worker
