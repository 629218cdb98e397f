"""From when on something is called wrong, and why from then on."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """One set for everybody. Each keeps a quiet field quiet: what is usual somewhere must not be told as trouble there.

    now_s                 what "now" means for rates and run times: long enough for a few tasks, short enough to be news.
    usual_s               what is usual is what was so in these seconds before: a week, so that a Monday is compared with one.
    usual_short_s         and in these, when a week of them takes too long to read.
    usual_runs_min        fewer tasks of a name than this have no usual: three failures of three runs are chance.
    failed_min            fewer failures are none to wake anybody for.
    failure_times_min     so many times the usual rate; three, because a rate of few tasks doubles by chance.
    failure_more_min      and so much more than it: from 0.01 % to 0.05 % is nobody's trouble.
    failure_alone_min     a name without a usual, because it is new, is told from this rate on.
    failure_critical      from this rate on it is critical.
    slow_runs_min         a 95th percentile of fewer runs is one run.
    slow_times_min        so many times the usual 95th percentile.
    slow_more_s_min       and so much longer than it: from 2 ms to 9 ms is not felt.
    waiting_min           fewer tasks in a queue are its work of the next moments.
    waiting_times_min     so many times what waited `now_s` ago: it grows, and is not only long.
    waiting_s_min         the eldest waits so long: a burst that is taken at once grows a queue too.
    waiting_critical_s    the eldest waits so long: nothing comes through.
    waiting_look_s        tasks sent before that are not counted.
    stuck_times_min       running so many times the usual 95th percentile of its name.
    stuck_s_min           and so long: a task of 10 ms that takes a second is not stuck.
    held_look_s           tasks born before that are not looked for among those that run, are held or lost.
    lost_look_s           what was lost before that is known by now.
    worker_look_s         a worker that was last heard before that is gone, not silent.
    missing_min           so many unseen starts: one may be under way between two heartbeats.
    missing_look_s        how far back it is looked since when starts are missing.
    complete_min          a lower share of seen starts is incomplete.
    behind_s_min          Meadow is this far behind; a collector reports every 5 s, and a writer is a second or two later.
    behind_critical_s     this far behind nothing that is shown is of now.
    """

    now_s: int = 900
    usual_s: int = 7 * 86_400
    usual_short_s: int = 86_400
    usual_runs_min: int = 20
    failed_min: int = 5
    failure_times_min: float = 3.0
    failure_more_min: float = 0.01
    failure_alone_min: float = 0.5
    failure_critical: float = 0.1
    slow_runs_min: int = 20
    slow_times_min: float = 3.0
    slow_more_s_min: float = 1.0
    waiting_min: int = 20
    waiting_times_min: float = 1.5
    waiting_s_min: int = 60
    waiting_critical_s: int = 900
    waiting_look_s: int = 86_400
    stuck_times_min: float = 3.0
    stuck_s_min: int = 300
    held_look_s: int = 7 * 86_400
    lost_look_s: int = 86_400
    worker_look_s: int = 86_400
    missing_min: int = 5
    missing_look_s: int = 6 * 3_600
    complete_min: float = 0.995
    behind_s_min: int = 30
    behind_critical_s: int = 300


THRESHOLDS = Thresholds()
