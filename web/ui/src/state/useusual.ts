// Asks how long tasks of each name usually run: of yesterday and today.
import { useMemo } from "preact/hooks";
import { trends } from "../services/trends";
import { spared, useAsked } from "./asked";
import { scope } from "./field";
import { type Usual, usualOf } from "./usual";

const NAMES_MAX = 50;
const EVERY_S = 600;

/** Asked once `ready`, after what the page is about; where it fails there are no bars, and it is asked again much later. */
export function useUsual(ready: boolean): ReadonlyMap<string, Usual> {
  const asked = useAsked(`${ready} ${scope.value ?? ""}`, async (signal) => (ready ? spared(trends({ cluster: scope.value, from: "now-1d", to: "now", step: "1d", by: "name", top: NAMES_MAX }, signal), signal) : null), EVERY_S);
  return useMemo(() => usualOf(asked.data), [asked.data]);
}
