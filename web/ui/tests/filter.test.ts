// The filter's text, and what it asks the API for.
import { expect, test } from "vitest";
import { exactly, faulty, params, states, toggled, tokens, withMore, without, written } from "../src/state/filter";

test("tokens of fields, quotes, negations and words, each with its place", () => {
  expect(tokens('state:failed name:"a b" -queue:x pay')).toEqual([
    { raw: "state:failed", at: 0, not: false, field: "state", value: "failed" },
    { raw: 'name:"a b"', at: 13, not: false, field: "name", value: "a b" },
    { raw: "-queue:x", at: 24, not: true, field: "queue", value: "x" },
    { raw: "pay", at: 33, not: false, field: "", value: "pay" },
  ]);
});

test("NOT before a token negates it, a minus before a word too", () => {
  expect(tokens("NOT state:failed -pay").map(({ not, field, value }) => [not, field, value])).toEqual([
    [true, "state", "failed"],
    [true, "", "pay"],
  ]);
});

test("a quote that never ends belongs to its token", () => expect(tokens('name:"a b').map((token) => token.raw)).toEqual(['name:"a b']));

test("the server reads the text as it is", () => expect(params(" foo:bar -name:x two ")).toEqual({ q: "foo:bar -name:x two" }));

test("an empty filter asks for nothing", () => expect(params("  ")).toEqual({ q: null }));

test("states are switched on and off in one token", () => {
  const two = toggled(toggled("x", "FAILURE"), "SUCCESS");
  expect(two).toBe("state:FAILURE,SUCCESS x");
  expect(toggled(toggled(two, "FAILURE"), "SUCCESS")).toBe("x");
  expect(states("state:running -state:failed")).toEqual(["STARTED"]);
});

test("custom states are asked for as they are written by Meadow", () => expect(states("state:progress")).toEqual(["PROGRESS"]));

test("one of two equal tokens is taken away", () => expect(without("a a b", 0)).toBe("a b"));

test("a token is not said twice", () => {
  expect(withMore("state:FAILURE", "queue:x ")).toBe("state:FAILURE queue:x");
  expect(withMore("state:FAILURE", "state:FAILURE")).toBe("state:FAILURE");
});

test("values that could be read as more than one are quoted, and read back", () => {
  expect(written("name", 'a "b" c')).toBe(String.raw`name:"a \"b\" c"`);
  expect([written("queue", "a,b", true), written("name", "=x"), written("name", "pay.me")]).toEqual(['queue:="a,b"', 'name:"=x"', "name:pay.me"]);
  expect(tokens(`x ${written("name", 'a "b" c', true)} y`).map((token) => token.value)).toEqual(["x", '=a "b" c', "y"]);
});

test("only a single token without a wildcard says what all tasks have", () => {
  expect(exactly("worker:=celery@a -name:x", "worker")).toEqual(["celery@a"]);
  expect([exactly("worker:celery@a", "worker"), exactly("worker:=a* x", "worker"), exactly("name:=a name:=b", "name"), exactly("-name:=a", "name")]).toEqual([[], [], [], []]);
});

test("the token that holds the place of a fault is faulty, at the end the last one", () => {
  const [state, run] = tokens("state:x runtime:abc");
  const fault = { at: 16, length: 3, message: "", accepts: "" };
  expect([state, run].map((token) => token && faulty(fault, token))).toEqual([false, true]);
  expect(run && faulty({ ...fault, at: 19, length: 0 }, run)).toBe(true);
});

test("alternatives are one token, and stay whole beside what is added", () => {
  expect(tokens("a OR name:b").map(({ raw, field }) => [raw, field])).toEqual([["a OR name:b", ""]]);
  expect(tokens('x (a OR "b)" (c OR d)) NOT (e)').map(({ raw, not }) => [raw, not])).toEqual([
    ["x", false],
    ['(a OR "b)" (c OR d))', false],
    ["NOT (e)", true],
  ]);
  const failed = toggled("state:running OR b", "FAILURE");
  expect([failed, toggled(failed, "FAILURE"), states("state:running OR b")]).toEqual(["state:FAILURE (state:running OR b)", "(state:running OR b)", []]);
  expect(withMore("a OR b", "c")).toBe("(a OR b) c");
  expect(withMore("a", "OR b")).toBe("a OR b");
  expect(withMore("(a OR b) OR c", "d OR e")).toBe("((a OR b) OR c) (d OR e)");
});

test("AND between tokens says nothing more than a blank", () => expect(without("a AND b", 1)).toBe("a"));

test("brackets that never close are read in no time", () => expect(tokens("(".repeat(2048)).length).toBe(1));
