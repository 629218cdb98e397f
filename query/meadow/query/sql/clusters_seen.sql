-- Of what each worker process says it started between two of its heartbeats, how much was seen.
SELECT w.cluster_id AS cluster_id, sum(w.known) AS known, sum(least(w.known, s.seen)) AS seen, min(w.first_seen_at) AS since
FROM (
    SELECT cluster_id, toString(hostname) AS hostname, pid, min(first_at) AS first_seen_at, max(last_at) AS last_seen_at,
        max(processed_max) - min(processed_min) AS known
    FROM worker_minutes
    WHERE tenant_id = {tenant_id:UInt32} AND cluster_id IN {cluster_ids:Array(UInt32)}
        AND minute >= toDateTime(intDiv({since_ms:Int64}, 1000), 'UTC') AND minute < toDateTime(intDiv({until_ms:Int64}, 1000), 'UTC')
    GROUP BY cluster_id, hostname, pid
) AS w
LEFT JOIN (
    SELECT e.cluster_id AS cluster_id, e.hostname AS hostname, e.pid AS pid, uniqExact(e.clock, e.at) AS seen
    FROM (
        SELECT cluster_id, toString(hostname) AS hostname, pid, clock, at
        FROM events
        WHERE tenant_id = {tenant_id:UInt32} AND cluster_id IN {cluster_ids:Array(UInt32)} AND type = 'task-started'
            AND toStartOfTenMinutes(at) >= toStartOfTenMinutes(fromUnixTimestamp64Milli({since_ms:Int64}, 'UTC'))
            AND toStartOfTenMinutes(at) <= toStartOfTenMinutes(fromUnixTimestamp64Milli({until_ms:Int64}, 'UTC'))
    ) AS e
    INNER JOIN (
        SELECT cluster_id, toString(hostname) AS hostname, pid, min(first_at) AS first_seen_at, max(last_at) AS last_seen_at
        FROM worker_minutes
        WHERE tenant_id = {tenant_id:UInt32} AND cluster_id IN {cluster_ids:Array(UInt32)}
            AND minute >= toDateTime(intDiv({since_ms:Int64}, 1000), 'UTC') AND minute < toDateTime(intDiv({until_ms:Int64}, 1000), 'UTC')
        GROUP BY cluster_id, hostname, pid
    ) AS b ON e.cluster_id = b.cluster_id AND e.hostname = b.hostname AND e.pid = b.pid
    WHERE e.at > b.first_seen_at AND e.at <= b.last_seen_at
    GROUP BY cluster_id, hostname, pid
) AS s ON w.cluster_id = s.cluster_id AND w.hostname = s.hostname AND w.pid = s.pid
GROUP BY cluster_id
