-- Tasks whose stored row comes to less than the events Meadow took in a window: what a lost look-up leaves behind.
-- The rank and the bits are those of fold.py. Rows are looked for near the window first; who finds none asks again by key.
SELECT should.tenant_id, should.cluster_id, should.task_id, should.rank, should.seen
FROM (
    SELECT tenant_id, cluster_id, task_id, max(rank) AS rank, groupBitOr(bit) AS seen
    FROM (
        SELECT e.tenant_id AS tenant_id, e.cluster_id AS cluster_id, e.task_id AS task_id,
            bitOr(
                bitOr(
                    bitShiftLeft(toUInt64(transform(toString(e.type), ['task-sent', 'task-revoked', 'task-failed', 'task-succeeded'], [1, 3, 4, 5], 2)), 56),
                    bitShiftLeft(toUInt64(toUnixTimestamp64Milli(e.at)), 8)
                ),
                toUInt64(transform(toString(e.type), ['task-sent', 'task-retried', 'task-rejected', 'task-received', 'task-started', 'task-revoked', 'task-failed', 'task-succeeded', 'meadow-lost'], [1, 2, 3, 4, 5, 7, 8, 9, 10], 6))
            ) AS rank,
            bitShiftLeft(toUInt16(1), transform(toString(e.type), ['task-sent', 'task-received', 'task-started', 'task-succeeded', 'task-failed', 'task-retried', 'task-revoked', 'task-rejected', 'meadow-lost'], [0, 1, 2, 3, 4, 5, 6, 7, 9], 8)) AS bit
        FROM events AS e
        WHERE e.at >= fromUnixTimestamp64Milli({from_ms:Int64} - {skew_ms:Int64}, 'UTC') AND e.at < fromUnixTimestamp64Milli({until_ms:Int64} + {skew_ms:Int64}, 'UTC')
            AND e.received_at >= fromUnixTimestamp64Milli({from_ms:Int64}, 'UTC') AND e.received_at < fromUnixTimestamp64Milli({until_ms:Int64}, 'UTC')
            AND e.task_id != '' AND (startsWith(e.type, 'task-') OR e.type = 'meadow-lost')
            AND CRC32(concat(toString(e.tenant_id), '/', toString(e.cluster_id), '/', e.task_id)) % {partitions:UInt32} IN {owned:Array(UInt32)}
    )
    GROUP BY tenant_id, cluster_id, task_id
) AS should
LEFT JOIN (
    SELECT tenant_id, cluster_id, task_id, max(rank) AS rank, groupBitOr(seen) AS seen
    FROM tasks FINAL
    WHERE is_deleted = 0 AND anchor >= fromUnixTimestamp64Milli({from_ms:Int64} - {near_ms:Int64}, 'UTC')
    GROUP BY tenant_id, cluster_id, task_id
) AS is ON should.tenant_id = is.tenant_id AND should.cluster_id = is.cluster_id AND should.task_id = is.task_id
WHERE should.rank > is.rank OR bitAnd(should.seen, is.seen) != should.seen
LIMIT {limit:UInt32}
