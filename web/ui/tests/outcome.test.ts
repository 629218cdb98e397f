import { expect, test } from "vitest";
import { type Command, command } from "../src/services/commands";
import { good, outcome, replied, told } from "../src/state/outcome";

const of = (wire: Record<string, unknown>): Command => command({ id: "1", cluster: "shop", command: "ping", ...wire });
const yes = (hostname: string) => ({ hostname, ok: true, reply: { ok: "pong" } });

test("everybody answered", () => {
  const all = of({ answered: [yes("a"), yes("b")], silent: [] });
  expect([outcome(all), told(all), good(all)]).toEqual(["2 answered", "Answered: a, b.", true]);
});

test("one refused, one was silent", () => {
  const some = of({ answered: [yes("a"), { hostname: "b", ok: false, reply: { error: "all busy" } }], silent: ["c"] });
  expect(outcome(some)).toBe("2 answered, 1 refused, 1 silent");
  expect(told(some)).toBe("Answered: a. b refused: all busy. Silent: c.");
  expect(good(some)).toBe(false);
});

test("nobody answered, and why", () => {
  const none = of({ answered: [], silent: [], problem: "The broker is away." });
  expect([outcome(none), told(none), good(none)]).toEqual(["nobody answered", "The broker is away.", false]);
});

test("a long list of hosts is counted", () => {
  expect(told(of({ answered: ["a", "b", "c", "d", "e"].map(yes), silent: [] }))).toBe("Answered: a, b, c and 2 more.");
});

test("a reply is shown whatever its shape", () => {
  expect(replied({ hostname: "a", ok: true, reply: { ok: "pool will grow" } })).toBe("pool will grow");
  expect(replied({ hostname: "a", ok: true, reply: { kept: ["stats", "conf"], missing: [] } })).toBe("2 answers kept");
  expect(replied({ hostname: "a", ok: false, reply: { kept: [], missing: ["conf"] } })).toBe("0 answers kept, 1 did not come");
  expect(replied({ hostname: "a", ok: true, reply: [1] })).toBe("[1]");
  expect(replied({ hostname: "a", ok: true, reply: null })).toBe("");
});
