// Every ink can be read on every ground it meets, and every edge seen, in both themes: told from the tokens themselves.
import { expect, test } from "vitest";
import css from "../src/styles/tokens.css?raw";

type Theme = "light" | "dark";
const tokens = new Map([...css.matchAll(/--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g)].map(([, name, light, dark]) => [name, { light, dark }]));

const named = (prefix: string): string[] => [...tokens.keys()].filter((name): name is string => name?.startsWith(prefix) ?? false);
const GROUNDS = ["bg", "surface", "raised", "sunken", "hover"];
const INKS = ["ink", "ink-2", "ink-3", "accent", "danger", ...named("s-")];
const TEXT: [ink: string, ground: string][] = [
  ...INKS.flatMap((ink) => GROUNDS.map((ground): [string, string] => [ink, ground])),
  ...named("g-").flatMap((ground): [string, string][] => [[ground.replace("g-", "s-"), ground], ["ink", ground], ["ink-2", ground]]),
  ...["on", "on-2", "accent-soft"].flatMap((ground): [string, string][] => [["ink", ground], ["ink-2", ground], ["ink-3", ground]]),
  ["accent", "accent-soft"],
  ["accent-ink", "accent"],
  ["danger-ink", "danger"],
];
const EDGES = [...named("e-"), "accent"].flatMap((edge) => ["bg", "surface"].map((ground): [string, string] => [edge, ground]));

/** Relative luminance of #rrggbb, as WCAG 2.2 defines it: 0 to 1. */
function luminance(colour: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const part = parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function ratio(one: string, other: string, theme: Theme): number {
  const [dim, bright] = [one, other].map((name) => luminance(tokens.get(name)?.[theme] ?? "#")).sort((a, b) => a - b) as [number, number];
  return (bright + 0.05) / (dim + 0.05);
}

const faint = (pairs: [string, string][], theme: Theme, least: number): string[] =>
  pairs.filter(([one, other]) => !(ratio(one, other, theme) >= least)).map(([one, other]) => `${one} on ${other}: ${ratio(one, other, theme).toFixed(2)}`);

test.each<Theme>(["light", "dark"])("text has 4.5 to 1 in the %s theme", (theme) => {
  expect(faint(TEXT, theme, 4.5)).toEqual([]);
});

test.each<Theme>(["light", "dark"])("edges have 3 to 1 in the %s theme", (theme) => {
  expect(faint(EDGES, theme, 3)).toEqual([]);
});

test("every colour of a state is told apart", () => {
  expect(named("s-").length).toBeGreaterThan(7);
});
