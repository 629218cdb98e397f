// Picking tasks for one command.
import { expect, test } from "vitest";
import { task } from "../src/services/tasks";
import { Selection } from "../src/state/selection";

const items = [..."abcdef"].map((id) => task({ id, cluster: "shop" }));
const ids = (selection: Selection): string => [...selection.picked.value.values()].map((each) => each.id).sort().join("");
const at = (k: number) => items[k] as (typeof items)[number];

test("one on and off", () => {
  const selection = new Selection();
  selection.toggle(at(1));
  expect(ids(selection)).toBe("b");
  selection.toggle(at(1));
  expect(selection.size).toBe(0);
});

test("a range from the one picked last, either way; without one the row alone", () => {
  const selection = new Selection();
  selection.reach(items, 2);
  expect(ids(selection)).toBe("c");
  selection.reach(items, 4);
  expect(ids(selection)).toBe("cde");
  selection.reach(items, 3);
  expect(ids(selection)).toBe("cde");
});

test("a new set forgets what was picked and what was said of it", () => {
  const selection = new Selection();
  selection.toggle(at(0));
  selection.set(items.slice(2, 4), "the first 2");
  expect([ids(selection), selection.note]).toEqual(["cd", "the first 2"]);
  selection.clear();
  expect([ids(selection), selection.note]).toEqual(["", ""]);
});
