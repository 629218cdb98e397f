// An event: one thing a worker or client said, or Meadow did; in a task's story and in the live stream alike.
import type { Wire } from "../api";
import { num, object, text, time } from "./read";

export interface TaskEvent {
  id: string;
  type: string;
  at: number | null;
  received_at: number | null;
  hostname: string;
  pid: number | null;
  clock: number | null;
  task_id: string;
  cluster: string;
  name: string;
  /** Everything the sender said, as it said it. */
  fields: Wire;
  /** What Meadow changed: cut, redacted, timestamp. */
  marks: Wire;
}

export function taskEvent(wire: Wire): TaskEvent {
  return {
    id: text(wire.id),
    type: text(wire.type),
    at: time(wire.at),
    received_at: time(wire.received_at),
    hostname: text(wire.hostname),
    pid: num(wire.pid),
    clock: num(wire.clock),
    task_id: text(wire.task_id),
    cluster: text(wire.cluster),
    name: text(wire.name) || text(object(wire.fields).name),
    fields: object(wire.fields),
    marks: object(wire.marks),
  };
}
