-- Of what each worker process says it started between its first and its last heartbeat of a step, how much was seen.
SELECT w.cluster_id AS cluster_id, w.bucket AS bucket, sum(w.known) AS known, sum(least(w.known, s.seen)) AS seen
FROM (
    SELECT cluster_id, toString(hostname) AS hostname, pid, min(first_at) AS first_seen_at, max(last_at) AS last_seen_at,
        1000 * (toInt64(minute) - modulo(toInt64(minute), intDiv({step_ms:Int64}, 1000))) AS bucket,
        max(processed_max) - min(processed_min) AS known
    FROM worker_minutes
    WHERE tenant_id = {tenant_id:UInt32} AND cluster_id IN {cluster_ids:Array(UInt32)}
        AND minute >= toDateTime(intDiv({since_ms:Int64}, 1000), 'UTC') AND minute < toDateTime(intDiv({until_ms:Int64}, 1000), 'UTC')
    GROUP BY cluster_id, hostname, pid, bucket
    HAVING last_seen_at > first_seen_at
) AS w
LEFT JOIN (
    SELECT e.cluster_id AS cluster_id, e.hostname AS hostname, e.pid AS pid, e.bucket AS bucket, uniqExact(e.clock, e.at) AS seen
    FROM (
        SELECT cluster_id, toString(hostname) AS hostname, pid, clock, at,
            toInt64(toUnixTimestamp64Milli(at)) - modulo(toInt64(toUnixTimestamp64Milli(at)), {step_ms:Int64}) AS bucket
        FROM events
        WHERE tenant_id = {tenant_id:UInt32} AND cluster_id IN {cluster_ids:Array(UInt32)} AND type = 'task-started'
            AND toStartOfTenMinutes(at) >= toStartOfTenMinutes(fromUnixTimestamp64Milli({since_ms:Int64}, 'UTC'))
            AND toStartOfTenMinutes(at) <= toStartOfTenMinutes(fromUnixTimestamp64Milli({until_ms:Int64}, 'UTC'))
    ) AS e
    INNER JOIN (
        SELECT cluster_id, toString(hostname) AS hostname, pid, min(first_at) AS first_seen_at, max(last_at) AS last_seen_at,
            1000 * (toInt64(minute) - modulo(toInt64(minute), intDiv({step_ms:Int64}, 1000))) AS bucket
        FROM worker_minutes
        WHERE tenant_id = {tenant_id:UInt32} AND cluster_id IN {cluster_ids:Array(UInt32)}
            AND minute >= toDateTime(intDiv({since_ms:Int64}, 1000), 'UTC') AND minute < toDateTime(intDiv({until_ms:Int64}, 1000), 'UTC')
        GROUP BY cluster_id, hostname, pid, bucket
    ) AS b ON e.cluster_id = b.cluster_id AND e.hostname = b.hostname AND e.pid = b.pid AND e.bucket = b.bucket
    WHERE e.at > b.first_seen_at AND e.at <= b.last_seen_at
    GROUP BY cluster_id, hostname, pid, bucket
) AS s ON w.cluster_id = s.cluster_id AND w.hostname = s.hostname AND w.pid = s.pid AND w.bucket = s.bucket
GROUP BY cluster_id, bucket
