-- When the newest command was asked or answered that the store holds of these clusters.
SELECT max(c.at) AS watermark FROM commands AS c
WHERE tenant_id = {tenant_id:UInt32} AND cluster_id IN {cluster_ids:Array(UInt32)} AND NOT startsWith(command_id, 'mark-')
