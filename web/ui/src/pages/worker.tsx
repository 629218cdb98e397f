// One worker: is it there, how busy, what it runs and holds, how it is set, and what can be done about it.
import type { ComponentType } from "preact";
import type { TabProps } from "../parts/asof";
import { Answered } from "../parts/boxes";
import { Busy } from "../parts/busy";
import { PoolTab, QueuesTab } from "../parts/workerpool";
import { WorkerHead } from "../parts/workerhead";
import { NowTab } from "../parts/workernow";
import { ConfigTab, SystemTab } from "../parts/workerconfig";
import { TasksTab } from "../parts/workertasks";
import { Tabs } from "../parts/tabs";
import { oneWorker } from "../services/worker";
import { useAsked } from "../state/asked";
import { query } from "../state/location";
import { useTitle } from "../state/title";

const EVERY_S = 5;

const BODIES: Readonly<Record<string, ComponentType<TabProps>>> = { now: NowTab, pool: PoolTab, queues: QueuesTab, tasks: TasksTab, config: ConfigTab, system: SystemTab };

export function WorkerPage({ id }: { id: string }) {
  useTitle(id, { path: "/workers", words: "Workers" });
  const cluster = query.value.get("in") ?? query.value.get("cluster") ?? "";
  const tab = query.value.get("tab") ?? "now";
  const asked = useAsked(`${cluster} ${id}`, (signal) => oneWorker(id, cluster, signal), EVERY_S);
  const Body = BODIES[tab] ?? NowTab;
  return (
    <div class="page">
      <Answered asked={asked} rows={3}>
        {({ item }) => (
          <>
            <WorkerHead worker={item} again={asked.again} />
            <Busy worker={item} />
            <Tabs
              param="tab"
              tabs={[
                ["now", "Now", item.active],
                ["pool", "Pool"],
                ["queues", "Queues", item.queues?.length],
                ["tasks", "Tasks and limits", item.snapshot.registered?.value?.length],
                ["config", "Config", item.snapshot.conf?.value?.length],
                ["system", "System"],
              ]}
            />
            <Body worker={item} again={asked.again} />
          </>
        )}
      </Answered>
    </div>
  );
}
