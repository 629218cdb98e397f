-- What collectors counted since the hour a range begins in: running totals, less those of the hours before; and when they last did. A
-- collector is called after its node, with something of its own after the last slash. together: of all nodes, for those that share a
-- queue. alone: of those that each hear everything, the most that one node counted, hour by hour, as one may follow another.
SELECT cluster_id, name, sum(arraySum(mapValues(by_node))) AS together, sum(arrayMax(mapValues(by_node))) AS alone, max(last_at) AS counted_at
FROM (
    SELECT cluster_id, hour, name, sumMap(map(replaceRegexpOne(collector, '/[^/]*$', ''), grown)) AS by_node, max(at) AS last_at
    FROM (
        SELECT cluster_id, hour, name, collector, at,
            lagInFrame(counted, 1, toUInt64(0)) OVER (
                PARTITION BY cluster_id, name, collector ORDER BY hour ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS before,
            if(counted > before AND hour >= toStartOfHour(fromUnixTimestamp64Milli({since_ms:Int64}, 'UTC')), counted - before, 0) AS grown
        FROM (
            SELECT cluster_id, hour, name, collector, max(c.total) AS counted, max(c.at) AS at
            FROM collector_counts AS c
            WHERE tenant_id = {tenant_id:UInt32} AND cluster_id IN {cluster_ids:Array(UInt32)}
            GROUP BY cluster_id, hour, name, collector
        )
    )
    GROUP BY cluster_id, hour, name
)
GROUP BY cluster_id, name
