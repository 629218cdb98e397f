-- How often a source said it may have lost something: the most that one node's said, as two that hold a cluster lose its broker together.
SELECT cluster_id, max(said) AS gaps
FROM (
    SELECT cluster_id, hostname, uniqExact(pid, clock, at) AS said
    FROM events
    WHERE tenant_id = {tenant_id:UInt32} AND cluster_id IN {cluster_ids:Array(UInt32)} AND task_id = '' AND type = 'meadow-gap'
        AND toStartOfTenMinutes(at) >= toStartOfTenMinutes(fromUnixTimestamp64Milli({since_ms:Int64}, 'UTC'))
        AND at >= fromUnixTimestamp64Milli({since_ms:Int64}, 'UTC')
    GROUP BY cluster_id, hostname
)
GROUP BY cluster_id
