-- What the fold reads of an event, and its place among the others.
SELECT task_id, type, toUnixTimestamp64Micro(e.at) / 1000000 AS at, hostname, name, args, kwargs, retries,
    toUnixTimestamp64Micro(e.eta) / 1000000 AS eta, toUnixTimestamp64Micro(e.expires) / 1000000 AS expires,
    queue, root_id, parent_id, result, runtime_s, exception,
    if(startsWith(exception, 'ExceptionWithTraceback('), e.traceback, '') AS traceback,
    toUnixTimestamp(toStartOfTenMinutes(e.at)) AS slot, task_id AS task, toUnixTimestamp64Micro(e.at) AS at_us,
    toString(type) AS kind, toString(hostname) AS host, pid, clock
FROM events AS e
