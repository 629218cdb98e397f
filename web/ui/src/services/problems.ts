// What is wrong now, worst first, each with the list behind it.
import { ask } from "../api";
import { maybe, num, object, pageOf, shape, text, time, type Page } from "./read";
import type { ParamsOf, Said } from "./types";

export interface Trouble extends ReturnType<typeof trouble> {}

export async function problems(params: ParamsOf<"/problems">, signal?: AbortSignal): Promise<Page<Trouble>> {
  return pageOf(await ask("/problems", params, signal), trouble);
}

const said = shape<Said<"Trouble">>()({
  /** Stable while it lasts. */
  id: text,
  kind: text,
  severity: text,
  cluster: text,
  /** A task name, a worker, a queue or a cluster. */
  subject: text,
  text,
  cause: maybe,
  since: time,
  value: num,
  usual: num,
  unit: text,
  count: num,
  link: object,
});

/** page, params: where the list behind it is: tasks, task, workers, worker or overview. */
export function trouble(value: unknown) {
  const { link, ...rest } = said(value);
  const params = Object.fromEntries(Object.entries(object(link.params)).map(([name, one]) => [name, text(one)]));
  return { ...rest, page: text(link.page), params };
}
