import { z } from "zod";
import { type RawContent, route } from "./route.ts";

const PAGE = { raw: "text", contentType: "text/html; charset=utf-8" } as const satisfies RawContent;

export const referenceRoutes = {
  openapi: route({
    id: "openapi",
    method: "GET",
    path: "/openapi.json",
    summary: "Give this API as OpenAPI 3.1",
    role: "viewer",
    answer: z.looseObject({ openapi: z.string() }),
    problems: [],
  }),
  page: route({
    id: "reference",
    method: "GET",
    path: "/reference",
    summary: "Give this API as a page to read",
    role: "viewer",
    answer: PAGE,
    problems: [],
  }),
} as const;
