-- Received at one moment, as all of one message are. Those of one hash are alike in everything.
WHERE tenant_id = {tenant:UInt32} AND cluster_id = {cluster:UInt32}
    AND received_at >= fromUnixTimestamp64Micro({since_us:Int64}, 'UTC') AND received_at < fromUnixTimestamp64Micro({until_us:Int64}, 'UTC')
    AND (empty({reasons:Array(String)}) OR has({reasons:Array(String)}, toString(reason)))
    AND received_at = fromUnixTimestamp64Micro({at_us:Int64}, 'UTC') AND hash > {hash:UInt64}
ORDER BY hash
LIMIT {limit:UInt32}
SETTINGS max_threads = 1, priority = 100
