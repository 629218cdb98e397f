-- How many tasks born in a range there are of each value of a dimension (whole = 0), and in each stretch of time (whole = 1). scheduled:
-- whatever state was asked for, as those by state are.
SELECT grouping(key) AS whole, key, stretch, if({by:String} = 'state', count(), countIf(fits)) AS tasks, countIf(fits) AS matching,
    countIf(fits AND status = 'FAILURE') AS failed, countIf(fits AND status = 'LOST') AS lost, countIf(later) AS scheduled
FROM (
    SELECT multiIf({by:String} = 'name', toString(name), {by:String} = 'queue', toString(queue), {by:String} = 'worker', toString(worker),
            {by:String} = 'exception', toString(exception_type), {by:String} = 'state', toString(state), toString(cluster_id)) AS key,
        greatest(0, least({stretches:Int64} - 1,
            intDiv(toUnixTimestamp64Milli(anchor) - {start_ms:Int64}, {step_ms:Int64}))) AS stretch,
        toString(state) AS status, ((empty({states:Array(String)}) OR state IN {states:Array(String)}) /* fits */) AS fits,
        ({by:String} = 'state' AND /* later */) AS later
    FROM tasks FINAL
    WHERE tenant_id = {tenant_id:UInt32} AND cluster_id IN {cluster_ids:Array(UInt32)}
        AND anchor >= fromUnixTimestamp64Milli({since_ms:Int64}, 'UTC')
        AND anchor < fromUnixTimestamp64Milli({until_ms:Int64}, 'UTC')
        AND (empty({names:Array(String)}) OR name IN {names:Array(String)})
        AND (empty({workers:Array(String)}) OR worker IN {workers:Array(String)})
        AND (empty({queues:Array(String)}) OR queue IN {queues:Array(String)}) /* search */
)
GROUP BY GROUPING SETS ((key), (stretch))
HAVING whole = 1 OR (tasks > 0 AND key != '' AND position(lower(key), {part:String}) > 0)
ORDER BY whole, tasks DESC, key, stretch
LIMIT {rows:UInt32} BY whole
