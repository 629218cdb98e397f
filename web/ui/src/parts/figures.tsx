// Numbers, shares, durations and times: tabular, with small units; what is unknown is a dash that says so.
import { now } from "../state/live";
import { zone } from "../state/prefs";
import { ago, clock, count, duration, full, percent, rate, THIN, UNKNOWN } from "../state/words";

const Unknown = () => (
  <span class="faint" title="unknown">
    {UNKNOWN}
  </span>
);

type Known = number | null | undefined;
const missing = (n: Known): n is null | undefined => n === null || n === undefined || !Number.isFinite(n);

export function Count({ n, digits = 0 }: { n: Known; digits?: number }) {
  return missing(n) ? <Unknown /> : <>{count(n, digits)}</>;
}

/** So many a second, in the unit that shows it. */
export function Rate({ perSecond }: { perSecond: Known }) {
  if (missing(perSecond)) return <Unknown />;
  const [value, unit] = rate(perSecond);
  return (
    <>
      {value}
      <u>{THIN + unit}</u>
    </>
  );
}

/** A share of 0 to 1. */
export function Percent({ share }: { share: Known }) {
  if (missing(share)) return <Unknown />;
  return (
    <>
      {percent(share)}
      <u>{`${THIN}%`}</u>
    </>
  );
}

export function Duration({ s }: { s: Known }) {
  if (missing(s)) return <Unknown />;
  return (
    <>
      {duration(s).map(([value, unit], k) => (
        <>
          {k > 0 && " "}
          {value}
          <u>{THIN + unit}</u>
        </>
      ))}
    </>
  );
}

/** How long ago; the full time as title. */
export function Ago({ at }: { at: Known }) {
  if (missing(at)) return <Unknown />;
  return (
    <time title={full(at, zone.value)} dateTime={full(at, "UTC").replace(" UTC", "Z").replace(" ", "T")}>
      {ago(at, now.value)}
    </time>
  );
}

/** The time of day, with the date as title, and before it when it is not today. */
export function Clock({ at, ms = false }: { at: Known; ms?: boolean }) {
  if (missing(at)) return <Unknown />;
  const said = full(at, zone.value);
  const today = said.slice(0, 10) === full(now.value, zone.value).slice(0, 10);
  return (
    <time title={said} dateTime={full(at, "UTC").replace(" UTC", "Z").replace(" ", "T")}>
      {today ? clock(at, zone.value, ms) : `${said.slice(5, 10)} ${clock(at, zone.value)}`}
    </time>
  );
}
