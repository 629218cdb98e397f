-- Everything one worker last answered.
SELECT what, s.at AS answered_at, value, cut, error
FROM snapshots AS s
WHERE tenant_id = {tenant_id:UInt32} AND cluster_id IN {cluster_ids:Array(UInt32)} AND hostname = {hostname:String} AND what IN {kinds:Array(String)}
ORDER BY what, s.at DESC
LIMIT 1 BY what
