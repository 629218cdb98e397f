// All tasks that match a filter, as far as one command may reach: read page by page, for a bulk command.
import type { Params } from "../api";
import { type Task, tasks } from "../services/tasks";

export const BULK_MAX = 5000;
const PAGE = 500;

export interface Collected {
  tasks: Task[];
  /** False when there are more than were collected, or part was not read in time. */
  whole: boolean;
}

/** `progress` hears how many are here after each page. */
export async function collect(params: Params, progress: (n: number) => void, signal: AbortSignal): Promise<Collected> {
  const found: Task[] = [];
  let cursor: string | null = null;
  let complete = true;
  do {
    const page = await tasks({ ...params, cursor, limit: Math.min(PAGE, BULK_MAX - found.length) }, signal);
    found.push(...page.items);
    complete &&= page.complete;
    cursor = page.next;
    progress(found.length);
  } while (cursor !== null && found.length < BULK_MAX);
  return { tasks: found, whole: complete && cursor === null };
}
