-- What was put aside and joined is deleted for good, half a minute after the last of it. A row that comes back after that is
-- joined once more, which changes nothing.
ALTER TABLE late_tasks MODIFY SETTING
    allow_experimental_replacing_merge_with_cleanup = 1,
    enable_replacing_merge_with_cleanup_for_min_age_to_force_merge = 1,
    min_age_to_force_merge_seconds = 30,
    min_age_to_force_merge_on_partition_only = 1;
