-- How often a source said it may have lost something.
SELECT cluster_id, uniqExact(hostname, pid, clock, at) AS gaps
FROM events
WHERE tenant_id = {tenant_id:UInt32} AND cluster_id IN {cluster_ids:Array(UInt32)} AND task_id = '' AND type = 'meadow-gap'
    AND toStartOfTenMinutes(at) >= toStartOfTenMinutes(fromUnixTimestamp64Milli({since_ms:Int64}, 'UTC'))
    AND at >= fromUnixTimestamp64Milli({since_ms:Int64}, 'UTC')
GROUP BY cluster_id
