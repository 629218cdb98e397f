// Rows of a list: pages from below and news from above, each task once.
import { expect, test } from "vitest";
import { task, type Task } from "../src/services/tasks";
import { above, begun, below, indexNear, news } from "../src/state/rows";

const row = (id: string, state = "SUCCESS", cluster = "shop"): Task => task({ id, state, cluster });
const ids = (rows: { items: readonly Task[] }): string => rows.items.map((each) => each.id).join("");
const rows = (text: string, next: string | null = "c") => begun({ items: [...text].map((id) => row(id)), next });

test("a page below is added, rows in both stay once in their new form", () => {
  const merged = below(rows("abc", "1"), { items: [row("c", "FAILURE"), row("d")], next: null });
  expect(ids(merged)).toBe("abcd");
  expect(merged.items[2]?.state).toBe("FAILURE");
  expect(merged.next).toBeNull();
});

test("the same id in two clusters is two tasks", () => {
  expect(ids(below(rows("a"), { items: [row("a", "SUCCESS", "media")], next: null }))).toBe("aa");
});

test("news come on top, the cursor of the end stays", () => {
  const old = rows("bcd", "end");
  const page = { items: [row("a"), row("b", "FAILURE"), row("c")], next: "newer" };
  expect(news(old, page)).toMatchObject({ added: [{ id: "a" }], torn: false });
  const next = above(old, page, new Set());
  expect([ids(next), next.next, next.items[1]?.state]).toEqual(["abcd", "end", "FAILURE"]);
});

test("a row that heard more than the page keeps what it heard", () => {
  const old = begun({ items: [row("a", "SUCCESS")], next: null });
  expect(above(old, { items: [row("a", "STARTED")], next: null }, new Set(["shop a"])).items[0]?.state).toBe("SUCCESS");
});

test("a page that meets none of the old rows tears the list: the old ones are let go", () => {
  const page = { items: [row("a"), row("b"), row("c")], next: "more" };
  expect(news(rows("xyz"), page).torn).toBe(true);
  expect([ids(above(rows("xyz"), page, new Set())), above(rows("xyz"), page, new Set()).next]).toEqual(["abc", "more"]);
});

test("a short page that meets none of the old rows tears nothing", () => {
  expect(ids(above(rows("x", null), rows("a", null), new Set()))).toBe("ax");
});

test("a page cut short before it found a row takes none away", () => {
  expect(ids(above(rows("xyz"), rows("", "more"), new Set()))).toBe("xyz");
});

test("a row is found around where it was", () => {
  const items = rows("abcdef").items;
  expect(["a", "d", "f", "x"].map((id) => indexNear(items, `shop ${id}`, 3))).toEqual([0, 3, 5, -1]);
  expect([indexNear(items, null, 0), indexNear([], "shop a", 0), indexNear(items, "shop b", 900)]).toEqual([-1, -1, 1]);
});
