// Commands: what would happen, and what did: who answered what, who was silent.
import { ask, send } from "../api";
import { each, flag, list, num, object, oneOf, pageOf, shape, text, texts, time, type One, type Page } from "./read";
import type { Body, ParamsOf, Said } from "./types";

export interface Answer extends ReturnType<typeof reply> {}
export interface Command extends ReturnType<typeof command> {}
export interface TaskCommand extends ReturnType<typeof taskCommand> {}
export interface Effect extends ReturnType<typeof effect> {}

const COMMANDS = "/clusters/{cluster}/commands";

export interface Order extends Required<Omit<Body<"POST", typeof COMMANDS>, "dry_run">> {}

/** What the order would do; sends nothing. */
export async function effects(cluster: string, order: Order): Promise<Effect[]> {
  const wire = await send("POST", COMMANDS, { cluster }, { ...order, dry_run: true });
  return list(object(wire.item).effects).map(effect);
}

/** Sends the order once: repeating it under the same key sends nothing more. */
export async function order(cluster: string, what: Order, key: string): Promise<One<Command>> {
  return oneOf(await send("POST", COMMANDS, { cluster }, { ...what, dry_run: false }, key), command);
}

/** What was asked before, newest first. */
export async function commands(params: ParamsOf<"/commands">, signal?: AbortSignal): Promise<Page<Command>> {
  return pageOf(await ask("/commands", params, signal), command);
}

export async function oneCommand(id: string, signal?: AbortSignal): Promise<One<Command>> {
  return oneOf(await ask("/commands/{id}", { id }, signal), command);
}

/** A key nobody else has; `randomUUID` is missing where the page is served without TLS. */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

const reply = shape<Said<"CommandReply">>()({ hostname: text, ok: flag, reply: (value) => value });

const effect = shape<Said<"Effect">>()({ text, count: num, unknown: (value) => value === true });

export const command = shape<Said<"Command">>()({
  id: text,
  cluster: text,
  command: text,
  arguments: object,
  /** Null: every worker of the cluster. */
  destination: (value) => (Array.isArray(value) ? texts(value) : null),
  reason: text,
  asked_by: text,
  asked_at: time,
  answered_at: time,
  /** answered, partial or silent. */
  state: text,
  answered: each(reply),
  silent: texts,
  /** How many were expected to answer; null where nobody counted. */
  expected: num,
  /** Why nobody answered, as far as it is known. */
  problem: text,
});

/** What a task's story tells of a command about it. */
export const taskCommand = shape<Said<"TaskCommand">>()({
  id: text,
  command: text,
  arguments: object,
  asked_by: text,
  asked_at: time,
  reason: text,
  answered: each(reply),
  silent: texts,
});
