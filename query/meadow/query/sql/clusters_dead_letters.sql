-- How much could not be understood or stored.
SELECT cluster_id, count() AS dead_letters
FROM dead_letters
WHERE tenant_id = {tenant_id:UInt32} AND cluster_id IN {cluster_ids:Array(UInt32)}
    AND received_at >= fromUnixTimestamp64Milli({since_ms:Int64}, 'UTC')
GROUP BY cluster_id
