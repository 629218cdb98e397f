// An event: one thing a worker or client said, or Meadow did; in a task's story and in the live stream alike.
import { num, object, shape, text, time } from "./read";
import type { Said } from "./types";

export interface TaskEvent extends ReturnType<typeof taskEvent> {}

const event = shape<Said<"Event">>()({
  id: text,
  type: text,
  at: time,
  received_at: time,
  hostname: text,
  pid: num,
  clock: num,
  task_id: text,
  cluster: text,
  name: text,
  /** Everything the sender said, as it said it. */
  fields: object,
  /** What Meadow changed: cut, redacted, timestamp. */
  marks: object,
});

export function taskEvent(value: unknown) {
  const said = event(value);
  return { ...said, name: said.name || text(said.fields.name) };
}
