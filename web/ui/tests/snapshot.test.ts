import { expect, test } from "vitest";
import { snapshot } from "../src/services/snapshot";

const at = "2026-11-29T00:00:00Z";

test("what was never asked is null, and an error is no answer", () => {
  expect(snapshot(null).stats).toBeNull();
  expect(snapshot({ conf: { at, value: null, cut: false, error: "no such command" } }).conf).toEqual({ at: Date.parse(at), value: null, cut: false, error: "no such command" });
});

test("Celery's answers are read whatever is missing", () => {
  const said = snapshot({
    active: { at, value: [{ id: "1", name: "a.b", time_start: 10, worker_pid: 7, acknowledged: false, delivery_info: { routing_key: "mail" } }], cut: true, error: null },
    scheduled: { at, value: [{ eta: "2026-11-29T01:00:00", request: { id: "2", name: "c" } }] },
    registered: { at, value: ["a.b", "c [rate_limit=10/m]"] },
    stats: { at, value: { pool: { "max-concurrency": 4, timeouts: [0, 60], processes: [1, "x"] }, total: { "a.b": 2, c: 5 }, rusage: { utime: 1.5 } } },
  });
  expect(said.active?.value?.[0]).toEqual({ id: "1", name: "a.b", started_at: 10_000, pid: 7, acknowledged: false, queue: "mail" });
  expect([said.active?.cut, said.scheduled?.value?.[0]?.name]).toEqual([true, "c"]);
  expect(said.registered?.value).toEqual([{ name: "a.b", said: "" }, { name: "c", said: "rate_limit=10/m" }]);
  expect(said.stats?.value).toMatchObject({ size: 4, timeouts: [0, 60], pids: [1], totals: [["c", 5], ["a.b", 2]] });
  expect(snapshot({ stats: { at, value: [] }, active: { at, value: "x" } }).active?.value).toEqual([]);
});
