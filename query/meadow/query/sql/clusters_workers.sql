-- How many workers of each cluster are online and silent, and when any of it was last heard.
SELECT cluster_id, countIf(state = 'online') AS online, countIf(state = 'silent') AS silent, max(heard_at) AS heard
FROM (
    SELECT cluster_id, hostname, max(w.received_at) AS heard_at, argMaxMerge(w.last) AS last,
        multiIf(last.type = 'worker-offline', 'offline',
            toUnixTimestamp64Milli(heard_at) + 1000 * greatest(5 * last.freq_s, 15) < {now_ms:Int64}, 'silent', 'online') AS state
    FROM workers AS w
    WHERE tenant_id = {tenant_id:UInt32} AND cluster_id IN {cluster_ids:Array(UInt32)}
    GROUP BY cluster_id, hostname
)
GROUP BY cluster_id
