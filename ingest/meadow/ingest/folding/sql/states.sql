-- Every stored version under every key, deleted ones too, without FINAL: the join sorts them out.
SELECT tenant_id, toUnixTimestamp64Milli(anchor) / 1000, task_id, cluster_id, rank, name, queue, worker, sent_key, received_key,
    toUnixTimestamp64Milli(started_at) / 1000, runtime_s, custom, args, kwargs, result, exception, exception_key, root_id, parent_id,
    toUnixTimestamp64Milli(eta) / 1000, toUnixTimestamp64Milli(expires) / 1000, seen,
    arrayMap(one -> toUnixTimestamp64Milli(one) / 1000, moved), version, is_deleted
FROM tasks
WHERE tenant_id = {tenant:UInt32} AND cluster_id = {cluster:UInt32} AND task_id IN {tasks:Array(String)}
    AND anchor IN (SELECT fromUnixTimestamp64Milli(arrayJoin({anchors_ms:Array(Int64)}), 'UTC'))
