import { expect, test } from "vitest";
import { Problem, refusal } from "../src/api";

const refused = async (body: object, status = 400): Promise<Problem> => (await refusal(new Response(JSON.stringify(body), { status }))) as Problem;

test("what would do is said once", async () => {
  const [said, apart] = [{ detail: "`step` takes one of 1m, 5m.", accepts: "one of 1m, 5m" }, { detail: "rate_limit is no rate.", accepts: "a number such as 5/m" }];
  expect((await refused(said)).accepts).toBe("");
  expect((await refused(apart)).accepts).toBe("a number such as 5/m");
  expect((await refused({ detail: "There is no parameter `a` here.", accepts: ["from", "to"] })).accepts).toBe("from, to");
});

test("a refusal without a document says its status", async () => {
  const problem = (await refusal(new Response("<html>", { status: 502 }))) as Problem;
  expect([problem.message, problem.code, problem.again]).toEqual(["Meadow answered 502.", "http_502", "later"]);
});
