SELECT groupBitOr(bitShiftLeft(toUInt64(1), bitAnd(place, 63)))
FROM (
    SELECT bitAnd(arrayJoin([crc, bitXor(bitShiftRight(crc * 0x9E3779B1, 7), crc)]), {mask:UInt64}) AS place
    FROM (SELECT toUInt64(CRC32(task_id)) AS crc FROM (SELECT task_id FROM task_ids UNION ALL SELECT task_id FROM late_tasks))
)
GROUP BY bitShiftRight(place, 6) AS word
ORDER BY word WITH FILL FROM 0 TO {words:UInt64}
