// Which question a dialog asks now. Anything on the page may ask one; the dialog itself is loaded with the first.
import { effect, signal } from "@preact/signals";
import { path } from "./location";

export interface TaskRef {
  id: string;
  cluster: string;
}

export const WORKER_KINDS = [
  "pool_grow",
  "pool_shrink",
  "autoscale",
  "pool_restart",
  "add_consumer",
  "cancel_consumer",
  "rate_limit",
  "time_limit",
  "enable_events",
  "disable_events",
  "shutdown",
] as const;

export type WorkerKind = (typeof WORKER_KINDS)[number];
export type Kind = WorkerKind | "revoke";

/** What was typed or chosen, by the name of its field; a switch that is on holds "1". */
export type Values = Readonly<Record<string, string>>;

interface Asking {
  /** Values to begin with. */
  values?: Values;
  /** Said before the effects, such as what was left out. */
  note?: string;
  /** Called when the command was sent. */
  done?: () => void;
}

export type Question = Asking &
  ({ kind: "revoke"; tasks: readonly TaskRef[] } | { kind: WorkerKind; cluster: string; /** Null: every worker of the cluster. */ hosts: readonly string[] | null });

export const question = signal<Question | null>(null);

export function ask(next: Question): void {
  question.value = next;
}

export function answered(): void {
  question.value = null;
}

/** A question goes with the page it was asked on. */
effect(() => {
  path.value;
  answered();
});

/** What each kind needs of the caller. */
export const needs = (kind: Kind): string => (kind === "revoke" ? "tasks:control" : "workers:control");
