// What is completed in the filter: fields first, then values with how many have them.
import { expect, test } from "vitest";
import type { Field } from "../src/services/fields";
import { fieldHints, typing, valueHints } from "../src/state/completion";

const field = (name: string, more: Partial<Field> = {}): Field => ({ name, kind: "text", meaning: "", example: "", values: [], needs: "", ...more });

test("what is being typed is the last token", () => {
  expect(typing("")).toEqual({ before: "", not: "", field: null, text: "" });
  expect(typing("-sta")).toEqual({ before: "", not: "-", field: null, text: "sta" });
  expect(typing("pay NOT state:fa")).toEqual({ before: "pay ", not: "NOT ", field: "state", text: "fa" });
  expect(typing('x name:"a b')).toEqual({ before: "x ", not: "", field: "name", text: "a b" });
});

test("fields that begin so, with their minus", () => {
  const hints = fieldHints([field("state"), field("started"), field("name")], typing("-st"));
  expect(hints.map((hint) => hint.token)).toEqual(["-state:", "-started:"]);
});

test("values are written as tokens, with how many have them", () => {
  const counted = [{ key: "a b", count: 1234 }, { key: "c", count: null }];
  expect(valueHints(field("queue"), typing("-queue:"), counted)).toEqual([
    { token: '-queue:="a b"', note: "1\u202f234" },
    { token: "-queue:=c", note: "–" },
  ]);
});

test("states are found by their name and their word, and those nobody counted have no number", () => {
  const hints = valueHints(field("state"), typing("state:fail"), [{ key: "FAILURE", count: 3 }]);
  expect(hints).toEqual([{ token: "state:FAILURE", note: "3", glyph: "FAILURE" }]);
  expect(valueHints(field("state"), typing("state:wait"), [])).toEqual([{ token: "state:PENDING", note: "", glyph: "SENT" }]);
});

test("fields that cannot be counted offer what the server knows of them", () => {
  expect(valueHints(field("kind", { values: ["one", "two"] }), typing("kind:t"), []).map((hint) => hint.token)).toEqual(["kind:two"]);
  expect(valueHints(undefined, typing("nothing:t"), [])).toEqual([]);
});
