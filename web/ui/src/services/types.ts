// The API as its own document says it: what may be asked, with what, and what is answered.
import type { components, paths } from "../../made/schema";
import type { Param } from "../api";

/** A thing of the API as it is sent: times are text. */
export type Said<Name extends keyof components["schemas"]> = components["schemas"][Name];

type Asked = { [P in keyof paths as P extends `/api/v1${infer Rest}` ? Rest : never]: paths[P] };
type Getter = { get: { parameters: { query?: unknown; path?: unknown } } };
type Json = { content: { "application/json": unknown } };
type Names<T> = [T] extends [undefined] ? never : keyof NonNullable<T>;

/** Addresses that answer a question, with the names of what stands in them in braces. */
export type Path = { [P in keyof Asked]: Asked[P] extends Getter ? P : never }[keyof Asked];

/** What an address takes, in it and behind it. */
export type ParamsOf<P extends Path> = Asked[P] extends { get: { parameters: { query?: infer Q; path?: infer I } } }
  ? { [Name in Names<Q> | Names<I>]?: Param }
  : never;

/** What an address answers; any part of it may be missing where an older Meadow answers. */
export type Answer<P extends Path> = Answered<Asked[P], "get">;

/** Ways to write, as a request names them. */
export type Method = "POST" | "PATCH" | "DELETE";

/** Addresses that take a write of this kind. */
export type Target<M extends Method> = {
  [P in keyof Asked]: Asked[P] extends Record<Lowercase<M>, { responses: unknown }> ? P : never;
}[keyof Asked];

/** What stands in the address of a write. */
export type Places<M extends Method, P extends Target<M>> = Asked[P] extends Record<Lowercase<M>, { parameters: { path: infer I } }>
  ? I & Record<string, string>
  : Record<string, never>;

/** What is sent in a write; nothing where it has no body. */
export type Body<M extends Method, P extends Target<M>> = Asked[P] extends Record<Lowercase<M>, { requestBody: infer R }>
  ? R extends Json
    ? R["content"]["application/json"]
    : undefined
  : undefined;

/** What a write answers; nothing where it answers no body. */
export type Written<M extends Method, P extends Target<M>> = Answered<Asked[P], Lowercase<M>>;

type Answered<A, M extends string> = A extends Record<M, { responses: infer R }> ? Content<R[keyof R & (200 | 201)]> : never;
type Content<R> = [R] extends [never] ? Record<string, never> : R extends Json ? Partial<R["content"]["application/json"]> : never;
