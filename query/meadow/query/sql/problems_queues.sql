-- Tasks that were sent, and due, and not begun: now, and at a moment before; and what was begun since then. A task that ended without
-- having begun left its queue when it ended.
SELECT cluster_id, toString(queue) AS waits_in, countIf(due_ms <= {now_ms:Int64} AND left_ms > {now_ms:Int64}) AS waiting,
    countIf(due_ms <= {then_ms:Int64} AND left_ms > {then_ms:Int64}) AS waited, countIf(begun AND left_ms > {then_ms:Int64}) AS began,
    minIf(due_ms, due_ms <= {now_ms:Int64} AND left_ms > {now_ms:Int64}) AS eldest_ms
FROM (
    SELECT cluster_id, queue, toUnixTimestamp64Milli(started_at) AS started_ms,
        greatest(toUnixTimestamp64Milli(sent_at), toUnixTimestamp64Milli(eta)) AS due_ms, state NOT IN ('PENDING', 'RECEIVED') AND started_ms > 0 AS begun,
        multiIf(state IN ('PENDING', 'RECEIVED'), toInt64(4102444800000), begun, started_ms, toInt64(bitAnd(bitShiftRight(rank, 8), 281474976710655))) AS left_ms
    FROM tasks FINAL
    WHERE tenant_id = {tenant_id:UInt32} AND cluster_id IN {cluster_ids:Array(UInt32)}
        AND anchor >= fromUnixTimestamp64Milli({born_ms:Int64}, 'UTC') AND sent_key > 0 AND queue != ''
        AND (rank < bitShiftLeft(toUInt64(3), 56) OR bitAnd(bitShiftRight(rank, 8), 281474976710655) >= {then_ms:Int64})
)
GROUP BY cluster_id, waits_in
HAVING waiting > 0
ORDER BY waiting DESC, cluster_id, waits_in
LIMIT 1000
