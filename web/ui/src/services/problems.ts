// What is wrong now, worst first, each with the list behind it.
import { ask, type Params, type Wire } from "../api";
import { maybe, num, object, pageOf, text, time, type Page } from "./read";

export interface Trouble {
  /** Stable while it lasts. */
  id: string;
  /** failing, slow, backlog, lost, stuck, silent_worker, incomplete, not_connected, lag or no_events. */
  kind: string;
  /** critical or warning. */
  severity: string;
  cluster: string;
  /** A task name, a worker, a queue or a cluster. */
  subject: string;
  text: string;
  cause: string | null;
  since: number | null;
  value: number | null;
  usual: number | null;
  unit: string;
  count: number | null;
  /** Which page shows the list behind it: tasks, task, workers, worker or overview. */
  page: string;
  params: Record<string, string>;
}

export async function problems(params: Params, signal?: AbortSignal): Promise<Page<Trouble>> {
  return pageOf(await ask("/problems", params, signal), trouble);
}

export function trouble(wire: Wire): Trouble {
  const link = object(wire.link);
  return {
    id: text(wire.id),
    kind: text(wire.kind),
    severity: text(wire.severity),
    cluster: text(wire.cluster),
    subject: text(wire.subject),
    text: text(wire.text),
    cause: maybe(wire.cause),
    since: time(wire.since),
    value: num(wire.value),
    usual: num(wire.usual),
    unit: text(wire.unit),
    count: num(wire.count),
    page: text(link.page),
    params: Object.fromEntries(Object.entries(object(link.params)).map(([name, value]) => [name, text(value)])),
  };
}
