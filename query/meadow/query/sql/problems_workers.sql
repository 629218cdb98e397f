-- Workers that were heard lately, and what that makes them now.
SELECT cluster_id, hostname, heard_at, last.freq_s AS freq_s, load.active AS active,
    multiIf(last.type = 'worker-offline', 'offline',
        toUnixTimestamp64Milli(heard_at) + 1000 * greatest(5 * last.freq_s, 15) < {now_ms:Int64}, 'silent', 'online') AS state
FROM (
    SELECT cluster_id, hostname, max(w.received_at) AS heard_at, argMaxMerge(w.last) AS last, argMaxIfMerge(w.load) AS load
    FROM workers AS w
    WHERE tenant_id = {tenant_id:UInt32} AND cluster_id IN {cluster_ids:Array(UInt32)}
    GROUP BY cluster_id, hostname
)
WHERE heard_at >= fromUnixTimestamp64Milli({since_ms:Int64}, 'UTC')
ORDER BY heard_at DESC, hostname, cluster_id
LIMIT 10000
