-- How many of these marks have come from the log into the store.
SELECT uniqExact(command_id) AS seen FROM commands
WHERE tenant_id = {tenant_id:UInt32} AND command_id IN {marks:Array(String)}
