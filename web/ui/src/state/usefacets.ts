// How many tasks match the filter, by state and over time; counted again while the range ends now.
import type { Params } from "../api";
import { type Facets, facets } from "../services/facets";
import { type Asked, useAsked } from "./asked";
import { open } from "./range";

const EVERY_S = 10;
const BUCKETS = 120;

export function useFacets(params: Params): Asked<Facets> {
  const { sort: _, ...question } = params;
  return useAsked(JSON.stringify(question), (signal) => facets({ ...question, by: "state", buckets: BUCKETS }, signal), open.value ? EVERY_S : null);
}
