import { codesOf } from "./openapi.ts";
import { ANY_ROUTE, API_PROBLEMS, type ApiProblemCode } from "./problem-kinds.ts";
import type { RouteShape } from "./route.ts";

const isOfAny = new Set<ApiProblemCode>(ANY_ROUTE);

/** Codes of a route that not every route has. */
export function ownCodes(route: RouteShape): readonly ApiProblemCode[] {
  return codesOf(route).filter((code) => !isOfAny.has(code));
}

/** Routes by resource: `phones`, `plans` … in the order of the contract. */
export function byResource(routes: readonly RouteShape[]): ReadonlyMap<string, readonly RouteShape[]> {
  const resources = new Map<string, RouteShape[]>();
  for (const route of routes) {
    const resource = route.path.split("/")[1] ?? "";
    const own = resources.get(resource) ?? [];
    resources.set(resource, own);
    own.push(route);
  }
  return resources;
}

/** `docs/reference/api.md`. */
export function apiReference(routes: readonly RouteShape[]): string {
  const sections = [...byResource(routes)].map(([resource, own]) => {
    const rows = own.map((route) => {
      const codes = ownCodes(route).map((code) => `\`${code}\``);
      return `| \`${route.method} ${route.path}\` | ${route.summary} | ${route.role} | ${codes.join(" ")} |`;
    });
    return `## ${resource}\n\n| Route | | Least role | May also refuse with |\n|---|---|---|---|\n${rows.join("\n")}\n`;
  });
  return `# The API

Below \`/api/v1\`, JSON. A running server gives the same with every schema as OpenAPI 3.1 at \`/api/v1/openapi.json\` and as a page at
\`/api/v1/reference\`. This page is made from the route values in \`src/api/contract\`.

* Send \`Authorization: Bearer TOKEN\`; the token of the data folder (\`api-token\`) is an administrator. Roles: viewer, operator, editor,
  administrator; each may do all that the ones before it may.
* Errors are problem details (RFC 9457) with a stable \`code\`: [errors.md](errors.md). Any route may refuse with
  ${ANY_ROUTE.map((code) => `\`${code}\``).join(", ")}.
* Answers about one thing have an \`ETag\`, its revision. PUT, PATCH and DELETE of it need that as \`If-Match\` (428 without; 412 when
  somebody was faster, with \`current\`). PATCH is a merge patch (RFC 7396).
* POST that makes something needs an \`Idempotency-Key\`: repeated within 24 hours it is answered as the first time, and makes nothing.
* Lists are \`{ items, next, total }\`: \`next\` is the \`cursor\` of the next page.
* Secrets are \`***\` in every answer; sent back so, or left out, they stay.

${sections.join("\n")}`;
}

/** `docs/reference/errors.md`. */
export function errorsReference(): string {
  const rows = Object.entries(API_PROBLEMS).map(
    ([code, { status, title, sentence }]) => `| \`${code}\` | ${status} | ${title} | ${sentence} |`,
  );
  return `# Errors of the API

Every answer from 400 on is \`application/problem+json\` (RFC 9457): \`{ type, code, title, status, detail, requestId }\`. \`code\` is one of
these and stays what it is; \`detail\` is a sentence about the very request; the log of the server has the same \`requestId\`. Where the body
is wrong, \`problems\` lists \`{ pointer, severity, code, message, suggestion }\`, with codes of problems.md and plan-problems.md; a
\`suggestion\` \`{ replace, with }\` can be put in place by a machine. This page is made from \`src/api/contract/problem-kinds.ts\`.

| Code | Status | Title | Meaning, and what to do |
|---|---|---|---|
${rows.join("\n")}
`;
}
