-- What a list shows of what workers last answered, of hostnames from one to another.
SELECT cluster_id, hostname, argMaxIf(s.implementation, s.at, s.what = 'stats' AND s.error = '') AS pool,
    argMaxIf(s.max_concurrency, s.at, s.what = 'stats' AND s.error = '') AS pool_size,
    argMaxIf(s.queues, s.at, s.what = 'active_queues' AND s.error = '') AS taken_from,
    countIf(s.what = 'active_queues' AND s.error = '') AS tells_queues, max(s.at) AS answered_at
FROM snapshots AS s
WHERE tenant_id = {tenant_id:UInt32} AND cluster_id IN {cluster_ids:Array(UInt32)}
    AND hostname >= {first:String} AND hostname <= {last:String}
GROUP BY cluster_id, hostname
