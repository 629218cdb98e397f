-- What each node's collectors counted since the hour a range begins in: running totals, less those of the hours before; and when they
-- last did. A collector is called after its node, with something of its own after the last slash.
SELECT cluster_id, replaceRegexpOne(collector, '/[^/]*$', '') AS node, name, sum(grown) AS total, max(last_at) AS counted_at
FROM (
    SELECT cluster_id, collector, name,
        maxIf(c.total, c.hour >= toStartOfHour(fromUnixTimestamp64Milli({since_ms:Int64}, 'UTC'))) AS now_total,
        maxIf(c.total, c.hour < toStartOfHour(fromUnixTimestamp64Milli({since_ms:Int64}, 'UTC'))) AS then_total,
        if(now_total > then_total, now_total - then_total, 0) AS grown, max(c.at) AS last_at
    FROM collector_counts AS c
    WHERE tenant_id = {tenant_id:UInt32} AND cluster_id IN {cluster_ids:Array(UInt32)}
    GROUP BY cluster_id, collector, name
)
GROUP BY cluster_id, node, name
