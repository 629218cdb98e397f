-- How many of the marks that this process made when it started have come from the log into the store.
SELECT uniqExact(clock) AS seen FROM events
WHERE tenant_id = {tenant_id:UInt32} AND cluster_id = {cluster_id:UInt32} AND type = 'meadow-control'
    AND hostname = {hostname:String} AND pid = {pid:UInt32} AND at >= fromUnixTimestamp64Micro({since_us:Int64}, 'UTC')
