// Where the range of a list was not seen whole, whatever its filter: asked after the list itself.
import { useMemo } from "preact/hooks";
import type { Param } from "../api";
import { trends } from "../services/trends";
import { spared, useAsked } from "./asked";
import type { Short } from "./bands";
import { from, open, to } from "./range";
import { gridOf } from "./trend";

const EVERY_S = 60;

/** None while nobody knows, or where it fails. */
export function useGaps(ready: boolean, cluster: Param): readonly Short[] {
  const asked = useAsked(`${ready} ${from.value} ${to.value} ${cluster}`, async (signal) => (ready ? spared(trends({ from: from.value, to: to.value, cluster, step: "auto" }, signal), signal) : null), open.value ? EVERY_S : null, true);
  return useMemo(() => (asked.data ? gridOf(asked.data).bands : []), [asked.data]);
}
