// The stream's text, cut anywhere.
import { expect, test } from "vitest";
import { SseReader } from "../src/services/sse";

const STREAM = 'id: 7\nevent: events\ndata: {"a":\ndata: 1}\n\n: a comment\n\r\nevent: position\r\nid: 8\r\ndata: x\r\n\r\n';

test.each([1, 2, 7, 1000])("pieces of %d characters give the same messages", (size) => {
  const reader = new SseReader();
  const found = [];
  for (let at = 0; at < STREAM.length; at += size) found.push(...reader.push(STREAM.slice(at, at + size)));
  expect(found).toEqual([
    { event: "events", data: '{"a":\n1}', id: "7" },
    { event: "position", data: "x", id: "8" },
  ]);
});

test("a message without data says nothing, but its id counts", () => {
  const reader = new SseReader();
  expect(reader.push("id: 3\n\ndata: y\n\n")).toEqual([{ event: "message", data: "y", id: "3" }]);
});

test("a line that never ends is refused instead of kept", () => {
  expect(() => new SseReader().push("x".repeat(9 * 1024 * 1024))).toThrow();
});
