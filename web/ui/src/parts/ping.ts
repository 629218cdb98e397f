// Asks one worker whether it is there, and says what it answered.
import { newKey, order } from "../services/commands";
import type { Worker } from "../services/workers";
import { announce, failed } from "./sent";

export async function ping(worker: Worker): Promise<void> {
  try {
    announce((await order(worker.cluster, { command: "ping", arguments: {}, destination: [worker.hostname], reason: "" }, newKey())).item, "Ping");
  } catch (error) {
    failed(`${worker.hostname} was not asked`, error);
  }
}
