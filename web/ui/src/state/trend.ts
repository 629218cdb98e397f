// A trend on the grid its charts share, with what is incomplete in it.
import type { Trends } from "../services/trends";
import { type Short, shorts } from "./bands";
import { type Grid, grid } from "./buckets";
import { span } from "./range";

export interface OnGrid {
  on: Grid;
  bands: Short[];
}

export function gridOf(trends: Trends): OnGrid {
  const range = span(trends.watermark ?? Date.now());
  return { on: grid(trends.from ?? range.from, trends.to ?? range.to, trends.step_s), bands: shorts(trends.items[0]?.points ?? [], trends.step_s) };
}
