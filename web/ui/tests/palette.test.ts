// What the palette finds.
import { expect, test } from "vitest";
import { type Entry, idLike, matching } from "../src/state/palette";

const entry = (kind: string, words: string): Entry => ({ kind, words, note: "", icon: "x", to: "/" });
const workers = [1, 2, 3, 4, 5].map((n) => entry("Worker", `media-0${n}`));

test("every typed word must be there, in any case and order", () => {
  expect(matching([entry("Go to", "Tasks"), entry("Do", "Sign out")], "GO ta").map((each) => each.words)).toEqual(["Tasks"]);
});

test("four of a kind at most, and what the server found comes as it is", () => {
  const found = matching(workers, "media", [entry("Task name", "x.y")]);
  expect(found.map((each) => each.kind)).toEqual(["Worker", "Worker", "Worker", "Worker", "Task name"]);
});

test("the beginnings of ids", () => {
  expect(["4d3bd7e7", "4d3bd7e7-58", "4d3b", "797dc3e1-ef95-4891-bb1d-29ec85dae294"].map(idLike)).toEqual([true, true, true, true]);
  expect(["media", "abc", "face off", ""].map(idLike)).toEqual([false, false, false, false]);
});
