// Tracebacks: libraries fold, one's own code stays.
import { expect, test } from "vitest";
import { blocks } from "../src/state/traceback";

const frame = (path: string): string => `  File "${path}", line 1, in f\n    call()`;
const LIB = "/venv/lib/python3.12/site-packages";

test("runs of library frames fold but for the one next to other code", () => {
  const text = ["Traceback (most recent call last):", frame(`${LIB}/celery/app/trace.py`), frame(`${LIB}/kombu/x.py`), frame(`${LIB}/celery/y.py`), frame("/srv/app/tasks.py"), "ValueError: no", ""].join("\n");
  const found = blocks(text);
  expect(found.map((each) => each.kind)).toEqual(["text", "folded", "library", "own", "error"]);
  expect(found[1]).toMatchObject({ frames: 2, packages: ["celery", "kombu"] });
  expect(found[3]?.lines).toHaveLength(2);
});

test("the standard library and frozen modules are libraries", () => {
  const found = blocks([frame("/usr/lib/python3.11/asyncio/base_events.py"), frame("<frozen importlib._bootstrap>"), frame("C:\\app\\main.py")].join("\n"));
  expect(found.map((each) => each.kind)).toEqual(["folded", "library", "own"]);
});

test("text that is no traceback is shown as it is", () => {
  expect(blocks("just\nwords here").map((each) => [each.kind, each.lines[0]])).toEqual([
    ["text", "just"],
    ["text", "words here"],
  ]);
});

test("a hostile length is bounded and said", () => {
  const found = blocks(Array.from({ length: 50_000 }, (_, k) => `- ${k}`).join("\n"));
  expect(found.length).toBeLessThan(2100);
  expect(found.some((each) => each.lines[0]?.includes("lines left out"))).toBe(true);
  expect(blocks("x".repeat(1e6))[0]?.lines[0]?.length).toBeLessThan(2100);
});
