-- Commands of some clusters, newest first, after a cursor.
SELECT command_id, asked_at, if(answered = '', asked, answered) AS fields FROM (
    SELECT command_id,
        minIf(c.at, c.type = 'meadow-command-asked') AS asked_at,
        argMaxIf(c.fields, c.at, c.type = 'meadow-command-asked') AS asked,
        argMaxIf(c.fields, c.at, c.type = 'meadow-command-answered') AS answered
    FROM commands AS c
    WHERE tenant_id = {tenant_id:UInt32} AND cluster_id IN {cluster_ids:Array(UInt32)} AND NOT startsWith(command_id, 'mark-')
    GROUP BY command_id
)
WHERE ({command:String} = '' OR JSONExtractString(fields, 'command') = {command:String})
    AND ({state:String} = '' OR if(answered = '', 'silent', JSONExtractString(fields, 'state')) = {state:String})
    AND ({asked_by:String} = '' OR JSONExtractString(fields, 'asked_by') = {asked_by:String})
    AND toUnixTimestamp64Micro(asked_at) >= {from_us:Int64} AND toUnixTimestamp64Micro(asked_at) < {to_us:Int64}
    AND (toUnixTimestamp64Micro(asked_at), command_id) < ({before_us:Int64}, {before_id:String})
ORDER BY asked_at DESC, command_id DESC
LIMIT {limit:UInt32}
