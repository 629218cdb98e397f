import { expect, test } from "vitest";
import { about, FORMS } from "../src/state/forms";

const read = (kind: keyof typeof FORMS, values: Record<string, string>) => FORMS[kind].read(values);

test("what was typed becomes arguments, or a sentence that says what is wrong", () => {
  expect(read("pool_grow", { n: "2" })).toEqual({ n: 2 });
  for (const n of ["0", "", "-1", "1.5", "many"]) expect(read("pool_grow", { n })).toMatch(/whole number/);
  expect(read("autoscale", { min: "1", max: "4" })).toEqual({ max: 4, min: 1 });
  expect(read("autoscale", { min: "5", max: "4" })).toMatch(/larger/);
  expect(read("add_consumer", { queue: " mail " })).toEqual({ queue: "mail" });
  expect(read("add_consumer", { queue: " " })).toMatch(/queue/);
});

test("a rate is as Celery takes it", () => {
  for (const rate_limit of ["10/m", "2/s", "0", "1.5/h"]) expect(read("rate_limit", { task_name: "a.b", rate_limit })).toEqual({ task_name: "a.b", rate_limit });
  for (const rate_limit of ["", "fast", "10/d", "-1/m"]) expect(read("rate_limit", { task_name: "a.b", rate_limit })).toMatch(/rate/);
});

test("an empty time limit is none, and the soft one lies below the hard one", () => {
  expect(read("time_limit", { task_name: "a", soft_s: "", hard_s: "60" })).toEqual({ task_name: "a", soft_s: null, hard_s: 60 });
  expect(read("time_limit", { task_name: "a", soft_s: "60", hard_s: "60" })).toMatch(/below/);
  expect(read("time_limit", { task_name: "a", soft_s: "x", hard_s: "" })).toMatch(/seconds/);
});

test("only what cannot be undone asks for the name", () => {
  expect(Object.entries(FORMS).flatMap(([kind, form]) => (form.typed ? [kind] : []))).toEqual(["shutdown"]);
});

test("a title is about whom it is meant for", () => {
  expect(FORMS.shutdown.title(about({ kind: "shutdown", cluster: "shop", hosts: ["a@shop"] }, false))).toBe("Shut down a@shop?");
  expect(about({ kind: "rate_limit", cluster: "shop", hosts: ["a@shop"] }, true)).toBe("every worker of shop");
  expect(about({ kind: "revoke", tasks: [{ id: "1", cluster: "shop" }] }, false)).toBe("this task");
});
