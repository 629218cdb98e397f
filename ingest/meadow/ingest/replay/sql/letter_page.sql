-- Letters of one time that are alike in everything are one.
SELECT DISTINCT toUnixTimestamp64Micro(received_at) AS after_us, cityHash64(reason, content_type, body) AS after_hash,
    toString(reason) AS why, toString(content_type) AS content_type, toString(content_encoding) AS content_encoding, routing_key, body, body_bytes
FROM dead_letters
WHERE tenant_id = {tenant:UInt32} AND cluster_id = {cluster:UInt32}
    AND received_at >= fromUnixTimestamp64Micro({since_us:Int64}, 'UTC') AND received_at < fromUnixTimestamp64Micro({until_us:Int64}, 'UTC')
    AND received_at >= fromUnixTimestamp64Micro({after_us:Int64}, 'UTC')
    AND (received_at > fromUnixTimestamp64Micro({after_us:Int64}, 'UTC') OR cityHash64(reason, content_type, body) > {after_hash:UInt64})
    AND (empty({reasons:Array(String)}) OR has({reasons:Array(String)}, toString(reason)))
ORDER BY after_us, after_hash
LIMIT {limit:UInt32}
SETTINGS max_threads = 1, priority = 100
