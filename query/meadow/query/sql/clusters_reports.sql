-- What each collector reported in the last minutes: the newest, and the totals to tell its rate by.
SELECT cluster_id, JSONExtractString(e.fields, 'collector') AS collector, max(e.at) AS last_at, argMax(e.fields, e.at) AS fields,
    min(JSONExtractUInt(e.fields, 'counts', 'received')) AS received_first, max(JSONExtractUInt(e.fields, 'counts', 'received')) AS received_last,
    toFloat64(max(e.at)) - toFloat64(min(e.at)) AS over_s
FROM events AS e
WHERE tenant_id = {tenant_id:UInt32} AND cluster_id IN {cluster_ids:Array(UInt32)} AND task_id = '' AND type = 'meadow-collector'
    AND toStartOfTenMinutes(at) >= toStartOfTenMinutes(fromUnixTimestamp64Milli({since_ms:Int64}, 'UTC'))
    AND at >= fromUnixTimestamp64Milli({since_ms:Int64}, 'UTC')
GROUP BY cluster_id, collector
