import { z } from "zod";
import { route } from "./route.ts";

/** What a practice receiver answers with; what it is, is never run by a browser. */
const reply = z.strictObject({
  status: z.int().min(200).max(599).default(200),
  contentType: z
    .enum(["application/x-www-form-urlencoded", "application/json", "text/plain"])
    .default("application/x-www-form-urlencoded"),
  body: z.string().max(8192).default("status=ACK&callername=Practice"),
  /** So long it waits before it answers. */
  afterMs: z.int().min(0).max(15_000).default(0),
  /** Other bodies, where a parameter has this value; the first that fits counts. */
  when: z
    .array(
      z.strictObject({
        parameter: z.string().min(1).max(64),
        value: z.string().max(300),
        body: z.string().max(2048),
      }),
    )
    .max(20)
    .default([])
    .readonly(),
});

const request = z.strictObject({
  /** From 1. */
  nth: z.int(),
  at: z.int(),
  /** Of the query, in their order; digit codes and what else is secret are dots. */
  parameters: z
    .array(z.strictObject({ name: z.string(), value: z.string(), hidden: z.boolean() }))
    .readonly(),
  /** Of a trial: no call waited for it. */
  isTest: z.boolean(),
  status: z.int(),
  reply: z.string(),
});

const receiver = z.strictObject({
  id: z.string(),
  /** What a webhook has as its URL; absent: this server is heard at no address that it can ask itself. */
  address: z.string().optional(),
  createdAt: z.int(),
  reply,
  /** Of all that came the last 50, newest first. */
  requests: z.array(request).readonly(),
  asked: z.int(),
  /** Webhooks that ask it. */
  usedBy: z.array(z.strictObject({ id: z.string(), key: z.string() })).readonly(),
});

const params = z.strictObject({ id: z.string().regex(/^[a-z0-9]{1,64}$/) });

export const practiceRoutes = {
  list: route({
    id: "practice.list",
    method: "GET",
    path: "/practice",
    summary: "List the practice receivers: addresses on this server that a webhook can ask, kept in memory",
    role: "editor",
    answer: z.strictObject({ items: z.array(receiver).readonly(), next: z.null() }),
    problems: [],
  }),
  create: route({
    id: "practice.create",
    method: "POST",
    path: "/practice",
    summary: "Make a practice receiver; of more than twenty the one that was asked least recently goes",
    role: "editor",
    body: z.strictObject({}),
    answer: receiver,
    status: 201,
    problems: [],
  }),
  get: route({
    id: "practice.get",
    method: "GET",
    path: "/practice/:id",
    summary: "Give a practice receiver with the requests that came",
    role: "editor",
    params,
    answer: receiver,
    problems: ["notFound"],
  }),
  reply: route({
    id: "practice.reply",
    method: "PUT",
    path: "/practice/:id/reply",
    summary: "Say what a practice receiver answers from now on",
    role: "editor",
    params,
    body: reply,
    bodyLimit: 65_536,
    answer: receiver,
    problems: ["notFound"],
  }),
  clear: route({
    id: "practice.clear",
    method: "DELETE",
    path: "/practice/:id/requests",
    summary: "Forget the requests that came",
    role: "editor",
    params,
    answer: receiver,
    problems: ["notFound"],
  }),
} as const;
