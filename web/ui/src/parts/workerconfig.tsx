// How a worker is set, and what the system says it used.
import { may } from "../state/field";
import { put, query } from "../state/location";
import { AsOf, type TabProps } from "./asof";
import { Count, Duration } from "./figures";
import { Facts } from "./panel";
import { Said, visible } from "./text";

const VALUE_MAX = 400;

export function ConfigTab({ worker, again }: TabProps) {
  const find = (query.value.get("find") ?? "").toLowerCase();
  const hidden = may("workers:control") ? undefined : "The configuration needs workers:control.";
  const search = <input class="input find" type="search" placeholder="Find a setting" aria-label="Find a setting" maxLength={100} value={find} onInput={(event) => put({ find: event.currentTarget.value })} />;
  return (
    <AsOf title="Config" note="as the worker says it, secrets masked" kept={worker.snapshot.conf} worker={worker} again={again} acts={search} hidden={worker.snapshot.conf ? undefined : hidden}>
      {(settings) => (
        <div class="tw">
          <table class="t">
            <tbody>
              {settings
                .filter(([name]) => name.toLowerCase().includes(find))
                .map(([name, value]) => (
                  <tr key={name}>
                    <td class="mono m">
                      <Said text={name} />
                    </td>
                    <td class="mono dim cut whole">{visible((typeof value === "string" ? value : JSON.stringify(value)).slice(0, VALUE_MAX))}</td>
                  </tr>
                ))}
            </tbody>
          </table>
        </div>
      )}
    </AsOf>
  );
}

const MEMORY_MB = 1024; // getrusage of Linux counts in KB

export function SystemTab({ worker, again }: TabProps) {
  return (
    <AsOf title="System" kept={worker.snapshot.stats} worker={worker} again={again}>
      {(stats) => (
        <div class="body grid">
          <div class="c6">
            <Facts
              facts={[
                ["Process id", stats.pid ?? worker.pid ?? "–"],
                ["Celery", visible([worker.version, worker.software].filter(Boolean).join(", ")) || "unknown"],
                ["Broker", visible(stats.broker) || "not said"],
                ["Up", <Duration s={stats.uptime_s} />],
                ["Heartbeat every", <Duration s={worker.freq_s} />],
                ["Logical clock", visible(stats.clock) || "–"],
              ]}
            />
          </div>
          <div class="c6">
            <Facts
              facts={[
                ["User time", <Duration s={stats.usage.get("utime")} />],
                ["System time", <Duration s={stats.usage.get("stime")} />],
                ["Largest memory", <><Count n={(stats.usage.get("maxrss") ?? Number.NaN) / MEMORY_MB} /> MB</>],
                ["Major faults", <Count n={stats.usage.get("majflt")} />],
                ["Swaps", <Count n={stats.usage.get("nswap")} />],
                ["Context switches", <><Count n={stats.usage.get("nvcsw")} /> voluntary, <Count n={stats.usage.get("nivcsw")} /> forced</>],
              ]}
            />
          </div>
        </div>
      )}
    </AsOf>
  );
}
