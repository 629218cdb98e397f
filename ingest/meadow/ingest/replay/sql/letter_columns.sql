SELECT toUnixTimestamp64Micro(received_at) AS at_us, cityHash64(reason, content_type, routing_key, body) AS hash,
    toString(reason) AS why, toString(content_type) AS content_type, toString(content_encoding) AS content_encoding, routing_key, body, body_bytes
FROM dead_letters
