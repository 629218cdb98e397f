// What the server knows by the name that was typed into the palette: tasks by id, names, queues, errors, workers.
import { facets } from "../services/facets";
import { tasks } from "../services/tasks";
import { type Worker, workers } from "../services/workers";
import { spared, useAsked } from "./asked";
import { scope } from "./field";
import { written } from "./filter";
import { link } from "./location";
import { type Entry, idLike } from "./palette";
import { taskPath } from "./pages";
import { from, to } from "./range";
import { taskLook, workerLook } from "./states";
import { useSettled } from "./settled";
import { count } from "./words";

const EACH = 4;
const LETTERS_MIN = 2;

/** Workers of the scope as entries; asked once. */
export function useWorkers(): Entry[] {
  const asked = useAsked(scope.value ?? "", (signal) => workers({ cluster: scope.value }, signal), null);
  return (asked.data?.items ?? []).map(workerEntry);
}

/** What matches `typed` on the server, a moment after the last letter; the answer of earlier letters goes. */
export function useFinds(typed: string): Entry[] {
  const settled = useSettled(typed.trim());
  const asked = useAsked(settled, (signal) => find(settled, signal), null);
  return asked.data?.typed === typed.trim() ? asked.data.entries : [];
}

/** A kind whose question fails is left out; the others are shown. */
async function find(typed: string, signal: AbortSignal): Promise<{ typed: string; entries: Entry[] }> {
  if (typed.length < LETTERS_MIN) return { typed, entries: [] };
  const found = await Promise.all([byId(typed, signal), by("name", "Task name", "tasks", typed, signal), by("queue", "Queue", "tasks", typed, signal), by("exception", "Error", "tasks", typed, signal)]);
  return { typed, entries: found.flat() };
}

async function byId(typed: string, signal: AbortSignal): Promise<Entry[]> {
  if (!idLike(typed)) return [];
  const page = await spared(tasks({ q: `id:${typed}`, cluster: scope.value, limit: EACH }, signal), signal);
  return (page?.items ?? []).map((task) => {
    const look = taskLook(task.state);
    return { kind: "Task", words: `${task.name || "unknown name"} ${task.id.slice(0, 8)}`, note: task.cluster, icon: look.glyph, tone: look.tone, to: taskPath(task) };
  });
}

async function by(field: string, kind: string, icon: string, typed: string, signal: AbortSignal): Promise<Entry[]> {
  const asked = { by: field, prefix: typed, limit: EACH, cluster: scope.value, from: from.value, to: to.value };
  const found = await spared(facets(asked, signal), signal);
  return (found?.items ?? []).map((each) => ({ kind, words: each.key, note: count(each.count), icon, to: link("/tasks", { q: written(field, each.key, true) }) }));
}

function workerEntry(worker: Worker): Entry {
  const look = workerLook(worker.state);
  return { kind: "Worker", words: worker.hostname, note: worker.cluster, icon: look.glyph, tone: look.tone, to: link(`/workers/${encodeURIComponent(worker.hostname)}`, { in: worker.cluster }) };
}
