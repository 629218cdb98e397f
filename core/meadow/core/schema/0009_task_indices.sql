-- Which granules hold a task that has not ended, and when the last of their tasks changed its state: what is open, and what ended in the
-- last minutes, is found without reading every task that could have been born in time. Parts written before get theirs as they are merged.
ALTER TABLE tasks ADD INDEX IF NOT EXISTS ix_rank rank TYPE minmax GRANULARITY 1;
ALTER TABLE tasks ADD INDEX IF NOT EXISTS ix_state_ms bitAnd(bitShiftRight(rank, 8), 281474976710655) TYPE minmax GRANULARITY 1;
