// Not by `import`: that reads every export of node:http, and one of them, `WebSocket`, brings fetch with it (ADR 0137).

/** Of node:http. */
export const { createServer, STATUS_CODES } = process.getBuiltinModule("node:http");
