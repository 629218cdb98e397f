-- How many they are.
SELECT count() AS held
FROM tasks FINAL
WHERE tenant_id = {tenant_id:UInt32} AND cluster_id IN {cluster_ids:Array(UInt32)}
    AND anchor >= fromUnixTimestamp64Milli({born_ms:Int64}, 'UTC')
    AND rank < bitShiftLeft(toUInt64(3), 56) AND state IN ('RECEIVED', 'STARTED') AND worker = {hostname:String}
