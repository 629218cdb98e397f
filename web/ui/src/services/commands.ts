// Commands: what would happen, and what did: who answered what, who was silent.
import { send, type Wire } from "../api";
import { flag, list, num, object, oneOf, text, texts, time, type One } from "./read";

export interface Answer {
  hostname: string;
  ok: boolean | null;
  reply: unknown;
}

export interface Command {
  id: string;
  cluster: string;
  command: string;
  arguments: Wire;
  reason: string;
  asked_by: string;
  asked_at: number | null;
  answered_at: number | null;
  /** answered, partial or silent. */
  state: string;
  answered: Answer[];
  silent: string[];
}

export interface Effect {
  text: string;
  count: number | null;
  unknown: boolean;
}

export interface Order {
  command: string;
  arguments: Wire;
  destination: string[] | null;
  reason: string;
}

const path = (cluster: string): string => `/clusters/${encodeURIComponent(cluster)}/commands`;

/** What the order would do; sends nothing. */
export async function effects(cluster: string, order: Order): Promise<Effect[]> {
  const wire = await send("POST", path(cluster), { ...order, dry_run: true });
  return list(object(wire.item).effects).map((each) => {
    const effect = object(each);
    return { text: text(effect.text), count: num(effect.count), unknown: effect.unknown === true };
  });
}

/** Sends the order once: repeating it under the same key sends nothing more. */
export async function order(cluster: string, what: Order, key: string): Promise<One<Command>> {
  return oneOf(await send("POST", path(cluster), { ...what, dry_run: false }, key), command);
}

/** A key nobody else has; `randomUUID` is missing where the page is served without TLS. */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function command(wire: Wire): Command {
  return {
    id: text(wire.id),
    cluster: text(wire.cluster),
    command: text(wire.command),
    arguments: object(wire.arguments),
    reason: text(wire.reason),
    asked_by: text(wire.asked_by),
    asked_at: time(wire.asked_at),
    answered_at: time(wire.answered_at),
    state: text(wire.state),
    answered: list(wire.answered).map((each) => {
      const reply = object(each);
      return { hostname: text(reply.hostname), ok: flag(reply.ok), reply: reply.reply };
    }),
    silent: texts(wire.silent),
  };
}
