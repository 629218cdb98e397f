// Which columns are shown.
import { expect, test } from "vitest";
import { named, shown, switched } from "../src/state/columns";

const room = { width: 1440, peeking: false, oneCluster: false };

test("the URL goes before what was chosen, that before what fits", () => {
  expect(shown("run,state,nonsense", "name", room)).toEqual(["state", "run"]);
  expect(shown("", "name", room)).toEqual(["name"]);
  expect(shown("", "", { ...room, width: 1000 })).toEqual(["state", "name", "said", "sent", "run"]);
  expect(shown("", "", { ...room, width: 1600 })).toContain("cluster");
  expect(shown("", "", { ...room, width: 1600, oneCluster: true })).not.toContain("cluster");
});

test("a peek leaves room for few", () => expect(shown("id,eta", "", { ...room, peeking: true, width: 1000 })).toEqual(["state", "name", "sent"]));

test("one is switched on or off, in the order of the table", () => {
  expect(switched(["name", "run"], "state")).toBe("state,name,run");
  expect(switched(["name", "run"], "run")).toBe("name");
  expect(named("")).toEqual([]);
});
