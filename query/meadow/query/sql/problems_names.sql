-- How each name did among the tasks that ended in a range, in steps counted from its beginning; of some names, or of all.
SELECT cluster_id, name, intDiv(toUnixTimestamp64Milli(finished_at) - {since_ms:Int64}, {step_ms:Int64}) AS step,
    countIf(state IN ('SUCCESS', 'FAILURE')) AS finished, countIf(state = 'FAILURE') AS failed,
    quantileBFloat16If(0.95)(runtime_s, state = 'SUCCESS' AND runtime_s > 0) AS p95_s, countIf(state = 'SUCCESS' AND runtime_s > 0) AS runs
FROM tasks FINAL
WHERE tenant_id = {tenant_id:UInt32} AND cluster_id IN {cluster_ids:Array(UInt32)}
    AND anchor >= fromUnixTimestamp64Milli({born_ms:Int64}, 'UTC')
    AND anchor < fromUnixTimestamp64Milli({until_ms:Int64}, 'UTC') + INTERVAL 1 DAY
    AND bitAnd(bitShiftRight(rank, 8), 281474976710655) >= {since_ms:Int64}
    AND finished_at >= fromUnixTimestamp64Milli({since_ms:Int64}, 'UTC')
    AND finished_at < fromUnixTimestamp64Milli({until_ms:Int64}, 'UTC')
    AND (empty({names:Array(String)}) OR name IN {names:Array(String)})
GROUP BY cluster_id, name, step
ORDER BY finished DESC, cluster_id, name, step
LIMIT 20000
