-- What each worker last said and what that makes it now, by hostname, after a cursor.
SELECT cluster_id, hostname, last_at, heard_at, last.type AS type, last.pid AS pid, last.freq_s AS freq_s,
    last.software AS software, last.version AS version, load.active AS active, load.processed AS processed,
    load.load1 AS load1, load.load5 AS load5, load.load15 AS load15,
    multiIf(last.type = 'worker-offline', 'offline',
        toUnixTimestamp64Milli(heard_at) + 1000 * greatest(5 * last.freq_s, 15) < {now_ms:Int64}, 'silent', 'online') AS state
FROM (
    SELECT cluster_id, hostname, max(w.at) AS last_at, max(w.received_at) AS heard_at,
        argMaxMerge(w.last) AS last, argMaxIfMerge(w.load) AS load
    FROM workers AS w
    WHERE tenant_id = {tenant_id:UInt32} AND cluster_id IN {cluster_ids:Array(UInt32)}
        AND ({hostname:String} = '' OR hostname = {hostname:String})
        AND (hostname, cluster_id) > ({after_hostname:String}, {after_cluster:UInt32})
    GROUP BY cluster_id, hostname
)
WHERE empty({states:Array(String)}) OR state IN {states:Array(String)}
ORDER BY hostname, cluster_id
LIMIT {limit:UInt32}
