// How far the clocks of those who spoke of a task are from Meadow's, and how long what they said was on its way.
import type { TaskEvent } from "../services/events";

export interface ClockOf {
  hostname: string;
  /** The least time between saying and taking, in seconds. Negative: its clock is ahead by at least so much. */
  least_s: number;
}

/** One for each sender, in the order in which they first spoke. */
export function clocks(events: readonly TaskEvent[]): ClockOf[] {
  const least = new Map<string, number>();
  for (const { hostname, at, received_at } of events) {
    if (!hostname || at === null || received_at === null) continue;
    const s = (received_at - at) / 1000;
    least.set(hostname, Math.min(s, least.get(hostname) ?? s));
  }
  return [...least].map(([hostname, least_s]) => ({ hostname, least_s }));
}
