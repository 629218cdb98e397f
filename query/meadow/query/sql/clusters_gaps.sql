-- How often a source said it may have lost something: hour by hour the most that one node's said, as two that hold a cluster lose its
-- broker together, and one may follow another.
SELECT cluster_id, sum(of_one) AS gaps
FROM (
    SELECT cluster_id, hour, max(said) AS of_one
    FROM (
        SELECT cluster_id, toStartOfHour(at) AS hour, hostname, uniqExact(pid, clock, at) AS said
        FROM events
        WHERE tenant_id = {tenant_id:UInt32} AND cluster_id IN {cluster_ids:Array(UInt32)} AND task_id = '' AND type = 'meadow-gap'
            AND toStartOfTenMinutes(at) >= toStartOfTenMinutes(fromUnixTimestamp64Milli({since_ms:Int64}, 'UTC'))
            AND at >= fromUnixTimestamp64Milli({since_ms:Int64}, 'UTC')
        GROUP BY cluster_id, hour, hostname
    )
    GROUP BY cluster_id, hour
)
GROUP BY cluster_id
