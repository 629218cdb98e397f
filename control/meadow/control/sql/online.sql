-- Hostnames of one cluster that are online: not said to have ended, and heard within five heartbeats and 15 s.
SELECT hostname, last.pid AS pid FROM (
    SELECT hostname, max(w.received_at) AS heard_at, argMaxMerge(w.last) AS last
    FROM workers AS w
    WHERE tenant_id = {tenant_id:UInt32} AND cluster_id = {cluster_id:UInt32}
    GROUP BY hostname
)
WHERE last.type != 'worker-offline'
    AND toUnixTimestamp64Milli(heard_at) + 1000 * greatest(5 * last.freq_s, 15) >= {now_ms:Int64}
ORDER BY hostname
LIMIT {limit:UInt32}
