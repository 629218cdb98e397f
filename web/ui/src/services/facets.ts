// How many tasks match, by state or another field, and when they were born.
import { ask } from "../api";
import { each, num, shape, text, time, timed } from "./read";
import type { Answer, ParamsOf, Said } from "./types";

type Answered = Required<Answer<"/tasks/facets">>;
type Histogramed = NonNullable<Answered["histogram"]>;

export interface Facet extends ReturnType<typeof facet> {}

export interface Birth extends ReturnType<typeof births> {
  at: number;
}

export interface Histogram extends ReturnType<typeof told> {
  from: number;
  to: number;
}

export interface Facets extends ReturnType<typeof read> {}

export async function facets(params: ParamsOf<"/tasks/facets">, signal?: AbortSignal): Promise<Facets> {
  return read(await ask("/tasks/facets", params, signal));
}

const facet = shape<Answered["items"][number]>()({ key: text, count: num });
const births = shape<Said<"Births">>()({ at: time, matching: num, failed: num, lost: num });
const told = shape<Histogramed>()({ from: time, to: time, step_s: (value) => num(value) || 60, points: timed(births) });

/** Null where there is none, or it spans nothing. */
function histogram(value: unknown): Histogram | null {
  const { from, to, ...rest } = told(value);
  return from === null || to === null || to <= from ? null : { from, to, ...rest };
}

const read = shape<Answered>()({
  items: each(facet),
  total: num,
  /** More keys than were answered. */
  more: (value) => value === true,
  /** Of the waiting and received those that are due later: a part of them, in no sum. */
  scheduled: num,
  histogram,
  complete: (value) => value !== false,
});
