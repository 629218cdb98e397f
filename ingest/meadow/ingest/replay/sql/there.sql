-- Which of these events are stored: their identity.
SELECT DISTINCT toString(hostname), pid, clock, toUnixTimestamp64Micro(e.at), toString(type), task_id
FROM events AS e
WHERE tenant_id = {tenant:UInt32} AND cluster_id = {cluster:UInt32}
    AND toStartOfTenMinutes(e.at) IN {slots:Array(DateTime('UTC'))} AND task_id IN {tasks:Array(String)}
    AND e.at IN (SELECT fromUnixTimestamp64Micro(arrayJoin({ats_us:Array(Int64)}), 'UTC'))
SETTINGS max_threads = 1, priority = 100
