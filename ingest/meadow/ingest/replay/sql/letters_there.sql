SELECT DISTINCT toUnixTimestamp64Micro(received_at), toString(reason), body
FROM dead_letters
WHERE tenant_id = {tenant:UInt32} AND cluster_id = {cluster:UInt32}
    AND received_at IN (SELECT fromUnixTimestamp64Micro(arrayJoin({ats_us:Array(Int64)}), 'UTC'))
SETTINGS max_threads = 1, priority = 100
