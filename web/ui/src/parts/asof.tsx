// A part of what a worker answered, with its age: nothing without one, because a snapshot is the past.
import type { ComponentChildren } from "preact";
import type { Kept } from "../services/snapshot";
import type { WorkerStory } from "../services/worker";
import type { Worker } from "../services/workers";
import { Ago } from "./figures";
import { InspectButton } from "./inspect";
import { Panel } from "./panel";
import { visible } from "./text";

/** What each tab of a worker's page is given. `again` asks anew how the worker is. */
export interface TabProps {
  worker: WorkerStory;
  again: () => void;
}

export const Age = ({ kept }: { kept: Kept<unknown> | null }) => (
  <span class="faint sm nw">
    {kept?.cut && "shortened, "}
    {kept ? (
      <>
        said <Ago at={kept.at} /> ago
      </>
    ) : (
      "never asked"
    )}
  </span>
);

interface AsOfProps<T> {
  title: string;
  note?: ComponentChildren;
  kept: Kept<T> | null;
  worker: Worker;
  again: () => void;
  /** Buttons in the head. */
  acts?: ComponentChildren;
  /** Why there may be none, when it is not because nobody asked. */
  hidden?: string | undefined;
  children: (value: T) => ComponentChildren;
}

export function AsOf<T>({ title, note, kept, worker, again, acts, hidden, children }: AsOfProps<T>) {
  return (
    <Panel
      title={title}
      note={note}
      right={
        <>
          <Age kept={kept} />
          {acts}
        </>
      }
    >
      {kept?.value !== null && kept?.value !== undefined ? (
        children(kept.value)
      ) : (
        <div class="body row wrap dim">
          <span>{hidden ?? (kept?.error ? `It answered: ${visible(kept.error)}` : "Only the worker knows, and nobody has asked it yet.")}</span>
          {!hidden && <InspectButton cluster={worker.cluster} hosts={[worker.hostname]} done={again} />}
        </div>
      )}
    </Panel>
  );
}
