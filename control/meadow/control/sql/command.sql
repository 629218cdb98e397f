-- What is known of one command: one row when it was asked, one when it was answered.
SELECT type, cluster_id, argMax(c.fields, c.at) AS fields
FROM commands AS c
WHERE tenant_id = {tenant_id:UInt32} AND command_id = {command_id:String}
GROUP BY type, cluster_id
