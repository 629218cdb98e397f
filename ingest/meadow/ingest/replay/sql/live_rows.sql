-- The live rows of tasks, as readers see them; under any of these keys.
SELECT tenant_id, toUnixTimestamp64Milli(t.anchor) / 1000, task_id, cluster_id, rank, name, queue, worker, sent_key, received_key,
    toUnixTimestamp64Milli(t.started_at) / 1000, runtime_s, custom, args, kwargs, result, exception, exception_key, root_id, parent_id,
    toUnixTimestamp64Milli(t.eta) / 1000, toUnixTimestamp64Milli(t.expires) / 1000, seen,
    arrayMap(one -> toUnixTimestamp64Milli(one) / 1000, t.moved), version, is_deleted
FROM tasks AS t FINAL
WHERE tenant_id = {tenant:UInt32} AND cluster_id = {cluster:UInt32} AND task_id IN {tasks:Array(String)} AND is_deleted = 0
    AND t.anchor IN (SELECT fromUnixTimestamp64Milli(arrayJoin({anchors_ms:Array(Int64)}), 'UTC'))
SETTINGS max_threads = 1, priority = 100
