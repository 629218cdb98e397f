// The whole story of one task: attempts, every event, family, and commands about it.
import { ask, type Wire } from "../api";
import { type Command, command } from "./commands";
import { type TaskEvent, taskEvent } from "./events";
import { flag, list, num, object, oneOf, text, texts, time, type One } from "./read";
import { type Task, task } from "./tasks";

export interface Attempt {
  number: number | null;
  state: string;
  worker: string;
  queue: string;
  sent_at: number | null;
  received_at: number | null;
  started_at: number | null;
  finished_at: number | null;
  runtime_s: number | null;
  exception: string;
  traceback: string;
}

export interface Child {
  id: string;
  name: string;
  state: string;
  runtime_s: number | null;
}

export interface Story extends Task {
  traceback: string;
  attempts: Attempt[];
  events: TaskEvent[];
  events_complete: boolean | null;
  children: Child[];
  commands: Command[];
  /** Other clusters that know the same id. */
  also_in: string[];
  payloadHidden: boolean;
}

export async function story(id: string, cluster: string, signal?: AbortSignal): Promise<One<Story>> {
  const wire = await ask(`/tasks/${encodeURIComponent(id)}`, { cluster }, signal);
  const one = oneOf(wire, read);
  const also = texts(wire.also_in);
  return { ...one, item: { ...one.item, payloadHidden: wire.payload === "hidden", also_in: also.length ? also : one.item.also_in } };
}

function read(wire: Wire): Story {
  return {
    ...task(wire),
    traceback: text(wire.traceback),
    attempts: list(wire.attempts).map((each) => attempt(object(each))),
    events: list(wire.events).map((each) => taskEvent(object(each))),
    events_complete: flag(wire.events_complete),
    children: list(wire.children).map((each) => child(object(each))),
    commands: list(wire.commands).map((each) => command(object(each))),
    also_in: texts(wire.also_in),
    payloadHidden: wire.payload === "hidden",
  };
}

function attempt(wire: Wire): Attempt {
  return {
    number: num(wire.number),
    state: text(wire.state),
    worker: text(wire.worker),
    queue: text(wire.queue),
    sent_at: time(wire.sent_at),
    received_at: time(wire.received_at),
    started_at: time(wire.started_at),
    finished_at: time(wire.finished_at),
    runtime_s: num(wire.runtime_s),
    exception: text(wire.exception),
    traceback: text(wire.traceback),
  };
}

const child = (wire: Wire): Child => ({ id: text(wire.id), name: text(wire.name), state: text(wire.state), runtime_s: num(wire.runtime_s) });
