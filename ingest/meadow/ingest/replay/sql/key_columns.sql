-- The keys of live rows. Those that were left need no name: the live row knows all that stood there.
SELECT toUnixTimestamp64Milli(t.anchor) AS ms, task_id AS task
FROM tasks AS t FINAL
