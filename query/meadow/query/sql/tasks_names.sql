-- Which task names hold a phrase: few names stand for many tasks, and the text index knows nothing of them.
SELECT DISTINCT name
FROM tasks
WHERE tenant_id = {tenant_id:UInt32} AND cluster_id IN {cluster_ids:Array(UInt32)}
    AND anchor >= fromUnixTimestamp64Milli({since_ms:Int64}, 'UTC')
    AND anchor < fromUnixTimestamp64Milli({until_ms:Int64}, 'UTC')
    AND arrayExists(phrase -> position(lower(toString(name)), phrase) > 0, {phrases:Array(String)})
LIMIT 1000
