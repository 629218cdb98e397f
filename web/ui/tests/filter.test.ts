// The filter's text, and what it asks the API for.
import { expect, test } from "vitest";
import { params, states, toggled, tokens, without, written } from "../src/state/filter";

test("tokens of fields, quotes, negations and words", () => {
  expect(tokens('state:failed name:"a b" -queue:x pay')).toEqual([
    { raw: "state:failed", not: false, field: "state", value: "failed" },
    { raw: 'name:"a b"', not: false, field: "name", value: "a b" },
    { raw: "-queue:x", not: true, field: "queue", value: "x" },
    { raw: "pay", not: false, field: "", value: "pay" },
  ]);
});

test("known fields become parameters, all else stays for the server to judge", () => {
  expect(params("state:failed,SUCCESS worker:celery@a foo:bar -name:x two words")).toEqual({ state: ["FAILURE", "SUCCESS"], worker: ["celery@a"], q: "foo:bar -name:x two words" });
});

test("an empty filter asks for nothing", () => expect(params("  ")).toEqual({ q: null }));

test("states are switched on and off in one token", () => {
  const two = toggled(toggled("x", "FAILURE"), "SUCCESS");
  expect(two).toBe("state:FAILURE,SUCCESS x");
  expect(toggled(toggled(two, "FAILURE"), "SUCCESS")).toBe("x");
  expect(states("state:running -state:failed")).toEqual(["STARTED"]);
});

test("custom states are asked for as they are written by Meadow", () => expect(states("state:progress")).toEqual(["PROGRESS"]));

test("one of two equal tokens is taken away", () => expect(without("a a b", "a")).toBe("a b"));

test("values that could be read as more than one token are quoted", () => {
  expect(written("name", 'a "b" c')).toBe('name:"a b c"');
  expect(params(written("name", "celery.map x"))).toMatchObject({ name: ["celery.map x"] });
});
