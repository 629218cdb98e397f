-- What workers had begun, or taken, and not ended, and what is lost; for each name and worker how many, and since when the eldest of them.
SELECT cluster_id, toString(state) AS status, if(status = 'RECEIVED', '', toString(name)) AS called, toString(worker) AS held_by,
    count() AS tasks, groupArraySorted(200)(if(status = 'LOST', toInt64(bitAnd(bitShiftRight(rank, 8), 281474976710655)), toUnixTimestamp64Milli(started_at))) AS since_ms
FROM tasks FINAL
WHERE tenant_id = {tenant_id:UInt32} AND cluster_id IN {cluster_ids:Array(UInt32)}
    AND anchor >= fromUnixTimestamp64Milli({born_ms:Int64}, 'UTC')
    AND rank < bitShiftLeft(toUInt64(3), 56) AND state IN ('RECEIVED', 'STARTED', 'LOST')
GROUP BY cluster_id, status, called, held_by
ORDER BY tasks DESC, cluster_id, status, called, held_by
LIMIT 20000
