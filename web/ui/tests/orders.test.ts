import { expect, test } from "vitest";
import type { Effect } from "../src/services/commands";
import { IDS_MAX, merged, sendings } from "../src/state/orders";

const effect = (text: string, count: number | null): Effect => ({ text, count, unknown: false });

test("a question about one worker is one order, and for every worker when it is meant so", () => {
  const question = { kind: "pool_grow", cluster: "shop", hosts: ["a@shop"] } as const;
  expect(sendings(question, { n: 2 }, false, "load")).toEqual([{ cluster: "shop", order: { command: "pool_grow", arguments: { n: 2 }, destination: ["a@shop"], reason: "load" } }]);
  expect(sendings(question, { n: 2 }, true, "")[0]?.order.destination).toBeNull();
});

test("tasks are revoked by cluster and 500 at a time, each once", () => {
  const tasks = Array.from({ length: IDS_MAX + 1 }, (_, k) => ({ id: `t${k}`, cluster: "shop" }));
  const all = sendings({ kind: "revoke", tasks: [...tasks, { id: "t0", cluster: "shop" }, { id: "t0", cluster: "mail" }] }, {}, false, "");
  const sizes = all.map((each) => [each.cluster, (each.order.arguments.task_ids as string[]).length]);
  expect(sizes).toEqual([["shop", IDS_MAX], ["shop", 1], ["mail", 1]]);
});

test("what several orders would do adds up, but the workers of a cluster are asked once", () => {
  const list = merged([
    { cluster: "shop", effects: [effect("Workers are asked.", 3), effect("Not started yet.", 500)] },
    { cluster: "shop", effects: [effect("Workers are asked.", 3), effect("Not started yet.", 20), effect("Nobody knows.", null)] },
    { cluster: "mail", effects: [effect("Workers are asked.", 2), effect("Not started yet.", 1)] },
  ]);
  expect(list).toEqual([effect("Workers are asked.", 5), effect("Not started yet.", 521), effect("Nobody knows.", null)]);
});
