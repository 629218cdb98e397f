// What the page of tasks is about, as its URL says it, and what the API is asked for that.
import { type Params, Problem } from "../api";
import { type ColumnName, shown, type Sort, SORTS } from "./columns";
import { scope } from "./field";
import { exactly, type Fault, params } from "./filter";
import { query } from "./location";
import { columns as kept } from "./prefs";
import { from, open, to } from "./range";
import { wide } from "./size";
import { num } from "../services/read";

export interface View {
  text: string;
  sort: Sort;
  /** Why news cannot be followed; "" when they can. */
  why: string;
  following: boolean;
  /** Id of the task that is peeked at. */
  peek: string | null;
  columns: ColumnName[];
  /** Range and cluster. */
  within: Params;
  question: Params;
  /** What is heard live. */
  heed: Params;
}

export function viewed(): View {
  const said = (name: string): string => query.value.get(name) ?? "";
  const text = said("q");
  const sort = SORTS.find((each) => each === said("sort")) ?? "newest";
  const why = !open.value ? "needs a range that ends now" : sort !== "newest" ? "needs the newest first" : "";
  const within = { cluster: scope.value, from: from.value, to: to.value };
  const peek = said("peek") || null;
  return {
    text,
    sort,
    why,
    following: said("tail") === "1" && why === "",
    peek,
    columns: shown(said("cols"), kept.value, { width: wide.value, peeking: peek !== null, oneCluster: scope.value !== null }),
    within,
    question: { ...within, ...params(text), sort },
    heed: { cluster: scope.value ?? exactly(text, "cluster"), name: exactly(text, "name"), worker: exactly(text, "worker") },
  };
}

/** The place in the filter that the server could not read, when that is what is wrong. */
export function faultOf(error: Error | null): Fault | null {
  if (!(error instanceof Problem) || error.wire.field !== "q") return null;
  return { at: num(error.wire.position) ?? 0, length: num(error.wire.length) ?? Number.MAX_SAFE_INTEGER, message: error.message, accepts: error.accepts };
}
