// What an event changes in a row on the screen.
import { expect, test } from "vitest";
import { taskEvent } from "../src/services/events";
import { ran, task } from "../src/services/tasks";
import { folded } from "../src/state/fold";

const AT = "2026-11-25T03:26:01.000Z";
const event = (type: string, fields = {}, at = AT) => taskEvent({ type, at, hostname: "celery@a", task_id: "1", fields });

test("a task runs through its states", () => {
  let row = task({ id: "1", state: "PENDING" });
  for (const type of ["task-received", "task-started", "task-succeeded"]) row = folded(row, event(type, { runtime: 0.5 }));
  expect([row.state, row.worker, row.runtime_s, row.finished_at]).toEqual(["SUCCESS", "celery@a", 0.5, Date.parse(AT)]);
});

test("a task that is heard to fail ran from its start to its end, as the API will tell", () => {
  const running = folded(task({ id: "1", state: "RECEIVED" }), event("task-started", {}, "2026-11-25T03:25:59.500Z"));
  expect([ran(running), ran(folded(running, event("task-failed")))]).toEqual([null, 1.5]);
  expect(ran(folded(running, event("task-revoked")))).toBe(null);
});

test("what is over stays over", () => {
  const row = task({ id: "1", state: "SUCCESS" });
  expect(folded(row, event("task-started"))).toBe(row);
});

test("an earlier stage that is told late changes nothing", () => {
  const row = task({ id: "1", state: "STARTED" });
  expect(folded(row, event("task-received"))).toBe(row);
});

test("after a retry the next attempt begins again, the old one does not", () => {
  const row = task({ id: "1", state: "RETRY", started_at: AT });
  expect(folded(row, event("task-started"))).toBe(row);
  expect(folded(row, event("task-started", {}, "2026-11-25T03:27:00Z")).state).toBe("STARTED");
});

test("events without a time or of an unknown kind change nothing", () => {
  const row = task({ id: "1", state: "PENDING" });
  expect(folded(row, event("task-progress"))).toBe(row);
  expect(folded(row, event("task-started", {}, "soon"))).toBe(row);
});
