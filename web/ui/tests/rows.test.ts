// Rows of a list: pages from below and news from above, each task once.
import { expect, test } from "vitest";
import { task, type Task } from "../src/services/tasks";
import { above, below } from "../src/state/rows";

const row = (id: string, state = "SUCCESS", cluster = "shop"): Task => task({ id, state, cluster });
const ids = (rows: { items: readonly Task[] }): string => rows.items.map((each) => each.id).join("");
const rows = (text: string, next: string | null = "c") => ({ items: [...text].map((id) => row(id)), next });

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
  const news = above(rows("bcd", "end"), { items: [row("a"), row("b", "FAILURE"), row("c")], next: "newer" }, new Set());
  expect([ids(news.rows), news.added, news.torn, news.rows.next]).toEqual(["abcd", 1, false, "end"]);
  expect(news.rows.items[1]?.state).toBe("FAILURE");
});

test("a row that heard more than the page keeps what it heard", () => {
  const news = above({ items: [row("a", "SUCCESS")], next: null }, { items: [row("a", "STARTED")], next: null }, new Set(["shop a"]));
  expect(news.rows.items[0]?.state).toBe("SUCCESS");
});

test("a page that meets none of the old rows tears the list: the old ones are let go", () => {
  const news = above(rows("xyz"), rows("abc", "more"), new Set());
  expect([ids(news.rows), news.torn, news.rows.next]).toEqual(["abc", true, "more"]);
});

test("a short page that meets none of the old rows tears nothing", () => {
  expect(ids(above(rows("x", null), rows("a", null), new Set()).rows)).toBe("ax");
});
