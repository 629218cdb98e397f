-- Tasks by the time they finished: counts and percentiles for each step and key, for each key (total = 1), and for all (total = 2).
SELECT grouping(bucket) + grouping(key) AS total, bucket, key, count() AS finished, countIf(status = 'SUCCESS') AS succeeded,
    countIf(status = 'FAILURE') AS failed, countIf(status = 'REVOKED') AS revoked, countIf(tries > 0) AS retried,
    quantilesBFloat16If(0.5, 0.95, 0.99)(runtime, status = 'SUCCESS' AND runtime > 0) AS runtimes,
    countIf(status = 'SUCCESS' AND runtime > 0) AS runs, sumIf(runtime, status = 'SUCCESS' AND runtime > 0) AS spent,
    quantilesBFloat16If(0.5, 0.95, 0.99)(queue_wait, has_wait) AS queue_waits, countIf(has_wait) AS waits
FROM (
    SELECT toUnixTimestamp64Milli(finished_at) - modulo(toUnixTimestamp64Milli(finished_at), {step_ms:Int64}) AS bucket,
        multiIf({by:String} = '', '', {by:String} = 'name', toString(name), {by:String} = 'queue', toString(queue),
            {by:String} = 'worker', toString(worker), {by:String} = 'state', toString(state), toString(cluster_id)) AS value,
        if(has({keys:Array(String)}, value), value, '(other)') AS key,
        toString(state) AS status, retries AS tries, runtime_s AS runtime, queue_wait_s AS queue_wait,
        toUnixTimestamp64Milli(started_at) > 0 AND (sent_key > 0 OR received_key > 0) AS has_wait
    FROM tasks FINAL
    WHERE tenant_id = {tenant_id:UInt32} AND cluster_id IN {cluster_ids:Array(UInt32)}
        AND anchor >= fromUnixTimestamp64Milli({born_ms:Int64}, 'UTC')
        AND anchor < fromUnixTimestamp64Milli({until_ms:Int64}, 'UTC') + INTERVAL 1 DAY
        AND finished_at >= fromUnixTimestamp64Milli({since_ms:Int64}, 'UTC')
        AND finished_at < fromUnixTimestamp64Milli({until_ms:Int64}, 'UTC')
        AND (empty({states:Array(String)}) OR state IN {states:Array(String)})
        AND (empty({names:Array(String)}) OR name IN {names:Array(String)})
        AND (empty({workers:Array(String)}) OR worker IN {workers:Array(String)})
        AND (empty({queues:Array(String)}) OR queue IN {queues:Array(String)}) /* search */
)
GROUP BY GROUPING SETS ((bucket, key), (key), ())
ORDER BY total, bucket, key
