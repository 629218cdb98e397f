// Every command as a form: what it asks for, how it is called, and what the API is sent.
import type { Wire } from "../api";
import type { Kind, Question, Values } from "./dialogs";
import { type Field, type Form, limits, queue, rate, scale, size, whole } from "./formread";
import { count } from "./words";

const number = (name: string, words: string, start: string, note?: string): Field => ({ name, words, kind: "number", start, ...(note ? { note } : {}) });
const said = (name: string, words: string, note?: string): Field => ({ name, words, kind: "text", start: "", ...(note ? { note } : {}) });
const by = (word: string, values: Values): string => {
  const n = whole(values, "n");
  return n >= 1 ? `${word} by ${n === 1 ? "1 process" : `${count(n)} processes`}` : word;
};

const NOTHING = (): Wire => ({});
const SIGNALS = ["SIGTERM", "SIGINT", "SIGQUIT", "SIGUSR1", "SIGKILL"];

export const FORMS: Readonly<Record<Kind, Form>> = {
  revoke: {
    title: (who) => `Revoke ${who}?`,
    lead: "Workers drop it when they reach it. One that already runs goes on unless you stop it.",
    glyph: "REVOKED",
    danger: true,
    fields: [
      { name: "terminate", words: "Stop it if it runs", kind: "check", start: "" },
      { name: "signal", words: "Signal to its process", kind: "choice", start: "SIGTERM", choices: SIGNALS, when: "terminate" },
    ],
    read: (values) => (values.terminate ? { terminate: true, signal: values.signal ?? "SIGTERM" } : {}),
    word: (values) => (values.terminate ? "Revoke and stop" : "Revoke"),
  },
  pool_grow: {
    title: (who) => `Grow the pool of ${who}?`,
    lead: "More processes, until the worker restarts.",
    glyph: "UP",
    tone: "STARTED",
    fields: [number("n", "How many more", "1")],
    read: size,
    word: (values) => by("Grow", values),
  },
  pool_shrink: {
    title: (who) => `Shrink the pool of ${who}?`,
    lead: "Fewer processes, until the worker restarts.",
    glyph: "UP",
    tone: "RETRY",
    danger: true,
    fields: [number("n", "How many fewer", "1")],
    read: size,
    word: (values) => by("Shrink", values),
  },
  autoscale: {
    title: (who) => `Let the pool of ${who} size itself?`,
    lead: "The worker starts and ends processes between two bounds, as it has work.",
    glyph: "UP",
    tone: "STARTED",
    fields: [number("min", "At least", "1"), number("max", "At most", "4")],
    read: scale,
    word: (values) => `Autoscale ${values.min} to ${values.max}`,
  },
  pool_restart: {
    title: (who) => `Restart the pool of ${who}?`,
    lead: "New child processes, same worker.",
    glyph: "STARTED",
    danger: true,
    fields: [],
    read: NOTHING,
    word: () => "Restart pool",
  },
  add_consumer: {
    title: (who) => `Add a queue to ${who}?`,
    lead: "It takes from this queue too, until it restarts.",
    glyph: "RECEIVED",
    wide: true,
    fields: [said("queue", "Queue")],
    read: queue,
    word: () => "Add queue",
  },
  cancel_consumer: {
    title: (who) => `Take a queue from ${who}?`,
    lead: "It leaves the queue until it restarts or you add it again.",
    glyph: "RECEIVED",
    tone: "RETRY",
    danger: true,
    wide: true,
    fields: [said("queue", "Queue")],
    read: queue,
    word: () => "Stop taking",
  },
  rate_limit: {
    title: (who) => `Limit a task’s rate on ${who}?`,
    lead: "Each worker by itself starts the task at most so often.",
    glyph: "SCHEDULED",
    wide: true,
    fields: [said("task_name", "Task"), said("rate_limit", "Rate", "10/m, 2/s, 0 for no limit")],
    read: rate,
    word: () => "Set rate limit",
  },
  time_limit: {
    title: (who) => `Limit a task’s run time on ${who}?`,
    lead: "At the soft limit the task is told by an exception, at the hard one its process is ended.",
    glyph: "SCHEDULED",
    wide: true,
    fields: [said("task_name", "Task"), number("soft_s", "Soft limit", "", "seconds, empty for none"), number("hard_s", "Hard limit", "", "seconds, empty for none")],
    read: limits,
    word: () => "Set time limits",
  },
  enable_events: {
    title: (who) => `Switch events on for ${who}?`,
    lead: "Workers then tell what they do. It holds until they restart.",
    glyph: "ON",
    tone: "SUCCESS",
    fields: [],
    read: NOTHING,
    word: () => "Switch events on",
  },
  disable_events: {
    title: (who) => `Switch events off for ${who}?`,
    lead: "Meadow sees nothing of what they do from then on.",
    glyph: "GAP",
    tone: "RETRY",
    danger: true,
    fields: [],
    read: NOTHING,
    word: () => "Switch events off",
  },
  shutdown: {
    title: (who) => `Shut down ${who}?`,
    lead: "A warm shutdown. The worker process exits; Meadow cannot start it again.",
    glyph: "OFF",
    danger: true,
    typed: true,
    fields: [],
    read: NOTHING,
    word: () => "Shut down",
  },
};

/** What the question is about: "front@shop", "3 workers", "every worker of shop", "this task", "214 tasks". */
export function about(question: Question, wide: boolean): string {
  if (question.kind === "revoke") return question.tasks.length === 1 ? "this task" : `${count(question.tasks.length)} tasks`;
  const { hosts, cluster } = question;
  if (hosts === null || wide) return `every worker of ${cluster}`;
  return hosts.length === 1 ? (hosts[0] ?? "") : `${count(hosts.length)} workers`;
}
