// What a worker answered when it was inspected: each answer with its age, in the shapes of Celery's own control commands.
import { list, maybe, num, object, text, texts, time } from "./read";

export interface Kept<T> {
  at: number | null;
  /** Null: it answered an error, or nothing that can be read. */
  value: T | null;
  /** Some was left out. */
  cut: boolean;
  error: string;
}

export interface Running {
  id: string;
  name: string;
  /** Epoch ms. */
  started_at: number | null;
  pid: number | null;
  acknowledged: boolean | null;
  queue: string;
}

export interface Due extends Running {
  eta: string;
}

export interface Stats {
  pid: number | null;
  clock: string;
  uptime_s: number | null;
  prefetch: number | null;
  implementation: string;
  size: number | null;
  pids: number[];
  per_child: string;
  /** Soft and hard, in seconds; 0 for none. */
  timeouts: (number | null)[];
  autoscaler: { min: number | null; max: number | null } | null;
  broker: string;
  /** What the system says it used: name and value. */
  usage: ReadonlyMap<string, number>;
  /** Tasks taken since it started, most first. */
  totals: [name: string, count: number][];
}

export interface QueueTaken {
  name: string;
  exchange: string;
  routing_key: string;
  durable: boolean | null;
  priority_max: number | null;
}

export interface Registered {
  name: string;
  /** What Celery says beside the name, such as a rate limit. */
  said: string;
}

export type Snapshot = ReturnType<typeof snapshot>;

export function snapshot(value: unknown) {
  const wire = object(value);
  const kept = <T>(what: string, read: (value: unknown) => T): Kept<T> | null => {
    if (!wire[what]) return null;
    const one = object(wire[what]);
    const error = text(one.error);
    return { at: time(one.at), value: error || one.value === null || one.value === undefined ? null : read(one.value), cut: one.cut === true, error };
  };
  return {
    stats: kept("stats", stats),
    active: kept("active", (each) => list(each).map(running)),
    reserved: kept("reserved", (each) => list(each).map(running)),
    scheduled: kept("scheduled", (each) => list(each).map(due)),
    active_queues: kept("active_queues", (each) => list(each).map(queue)),
    registered: kept("registered", (each) => texts(each).map(registered)),
    revoked: kept("revoked", texts),
    conf: kept("conf", (each) => Object.entries(object(each)).sort(([a], [b]) => a.localeCompare(b))),
  };
}

function running(value: unknown): Running {
  const wire = object(value);
  const started = num(wire.time_start);
  return {
    id: text(wire.id),
    name: text(wire.name) || text(wire.type),
    started_at: started === null ? null : started * 1000,
    pid: num(wire.worker_pid),
    acknowledged: typeof wire.acknowledged === "boolean" ? wire.acknowledged : null,
    queue: text(object(wire.delivery_info).routing_key),
  };
}

function due(value: unknown): Due {
  const wire = object(value);
  return { ...running(wire.request ?? wire), eta: text(wire.eta) };
}

function queue(value: unknown): QueueTaken {
  const wire = object(value);
  return {
    name: text(wire.name),
    exchange: text(object(wire.exchange).name),
    routing_key: text(wire.routing_key),
    durable: typeof wire.durable === "boolean" ? wire.durable : null,
    priority_max: num(object(wire.queue_arguments)["x-max-priority"]) ?? num(wire.max_priority),
  };
}

function registered(line: string): Registered {
  const [, name = line, said = ""] = /^(\S+)(?: \[(.*)\])?$/.exec(line) ?? [];
  return { name, said };
}

function stats(value: unknown): Stats {
  const wire = object(value);
  const pool = object(wire.pool);
  const broker = object(wire.broker);
  const counts = (from: unknown): [string, number][] => Object.entries(object(from)).flatMap(([name, n]): [string, number][] => (num(n) === null ? [] : [[name, num(n) ?? 0]]));
  return {
    pid: num(wire.pid),
    clock: text(wire.clock),
    uptime_s: num(wire.uptime),
    prefetch: num(wire.prefetch_count),
    implementation: maybe(pool.implementation) ?? "",
    size: num(pool["max-concurrency"]),
    pids: list(pool.processes).map(num).filter((each): each is number => each !== null),
    per_child: text(pool["max-tasks-per-child"]),
    timeouts: list(pool.timeouts).map(num),
    autoscaler: wire.autoscaler ? { min: num(object(wire.autoscaler).min), max: num(object(wire.autoscaler).max) } : null,
    broker: [text(broker.transport), text(broker.hostname)].filter(Boolean).join(" at "),
    usage: new Map(counts(wire.rusage)),
    totals: counts(wire.total).sort((a, b) => b[1] - a[1]),
  };
}
