import { expect, test } from "vitest";
import { type Worker, worker } from "../src/services/workers";
import { crews, holds, sum, versions } from "../src/state/crew";

const one = (hostname: string, state: string, more: Record<string, unknown> = {}): Worker => worker({ hostname, cluster: "shop", state, version: "5.7.0", ...more });

test("clusters come in the order of their worst worker, trouble first within", () => {
  const all = [one("a", "online", { cluster: "mail" }), one("b", "online"), one("c", "offline"), one("d", "silent")];
  expect(crews(all).map((crew) => [crew.cluster, crew.workers.map((each) => each.hostname).join("")])).toEqual([["shop", "cdb"], ["mail", "a"]]);
});

test("busy and size leave out who is offline, and are unknown when nobody says", () => {
  const pool = { implementation: "prefork", max_concurrency: 4 };
  const [crew] = crews([one("a", "online", { active: 2, pool }), one("b", "online", { active: 1 }), one("c", "offline", { active: 4, pool })]);
  expect([crew?.busy, crew?.size]).toEqual([3, 4]);
  expect(sum([null, null])).toBeNull();
});

test("what is typed is found in the name, the queues and the version", () => {
  const each = one("front@shop", "online", { queues: ["mail", "orders"] });
  expect(["front", "MAIL", "5.7 orders", ""].map((typed) => holds(each, typed))).toEqual([true, true, true, true]);
  expect(holds(each, "reports")).toBe(false);
});

test("versions are counted, the most common first", () => {
  expect(versions([one("a", "online", { version: "5.4.0" }), one("b", "online"), one("c", "silent"), one("d", "offline", { version: "4.0" })])).toEqual([["5.7.0", 2], ["5.4.0", 1]]);
});
