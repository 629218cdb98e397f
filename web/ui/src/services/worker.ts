// One worker: what it said when it was asked, and what it held.
import { ask } from "../api";
import { each, num, oneOf, shape, type One } from "./read";
import { snapshot } from "./snapshot";
import { task } from "./tasks";
import type { Said } from "./types";
import { MEMBERS } from "./workers";

export interface WorkerStory extends ReturnType<typeof story> {}

export async function oneWorker(hostname: string, cluster: string, signal?: AbortSignal): Promise<One<WorkerStory>> {
  return oneOf(await ask("/workers/{hostname}", { hostname, cluster }, signal), story);
}

const story = shape<Said<"OneWorker">>()({
  ...MEMBERS,
  snapshot,
  /** Tasks it had received or begun, and not ended; as many as were told. */
  held: each(task),
  held_count: num,
});
