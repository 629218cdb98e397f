-- What one worker's heartbeats said in each step of a range, of each of its processes, which follow one another.
SELECT cluster_id, intDiv(toUnixTimestamp(minute) * 1000, {step_ms:Int64}) * {step_ms:Int64} AS step, pid,
    min(m.processed_min) AS processed_first, max(m.processed_max) AS processed_last, max(m.active_max) AS active, max(m.load1_max) AS load1,
    min(m.first_at) AS begins_at
FROM worker_minutes AS m
WHERE tenant_id = {tenant_id:UInt32} AND cluster_id IN {cluster_ids:Array(UInt32)} AND hostname = {hostname:String}
    AND minute >= toDateTime(intDiv({since_ms:Int64}, 1000), 'UTC') AND minute < toDateTime(intDiv({until_ms:Int64}, 1000), 'UTC')
GROUP BY cluster_id, step, pid
ORDER BY step, begins_at, pid
LIMIT 20000
