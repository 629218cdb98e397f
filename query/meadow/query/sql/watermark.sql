-- The newest thing the store holds of these clusters, by Meadow's clock.
SELECT max(seen_at) AS watermark FROM (
    SELECT max(received_at) AS seen_at FROM workers
    WHERE tenant_id = {tenant_id:UInt32} AND cluster_id IN {cluster_ids:Array(UInt32)}
    UNION ALL
    SELECT max(at) AS seen_at FROM collector_counts
    WHERE tenant_id = {tenant_id:UInt32} AND cluster_id IN {cluster_ids:Array(UInt32)}
)
