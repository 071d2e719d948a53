// The layers of ARCHITECTURE.md as rules. test/architecture plants a wrong import for every rule below and
// proves that it is caught: a new rule needs a plant there.
"use strict";

/** Tests and what only tests use may import from anywhere. */
const TESTS = "\\.(test|suite)\\.ts$";

const message = "src/sip/message/";
const transportPort = "src/sip/transport/transport.ts";
/** What the stack says to people. */
const sipWords = "src/sip/words.ts";

/**
 * Who may import whom (docs/adr/0005, 0063): room -> what it may import besides itself. A name that ends in "/" is a whole room, any
 * other is one file. A room that is not in this table may import nothing, and no file of src lies outside a room.
 */
const ROOMS = {
  "src/lib/": [],
  "src/runtime/": ["src/lib/"],
  "src/fsm/": ["src/lib/"],
  "src/config/": ["src/lib/"],
  "src/dialplan/": ["src/lib/"],
  "src/model/": ["src/lib/", "src/dialplan/"],
  "src/simulate/": ["src/lib/", "src/dialplan/", "src/model/", "src/webhook/reply/"],
  "src/company/": ["src/lib/", "src/model/", "src/dialplan/"],
  "src/sip/words.ts": ["src/lib/"],
  "src/sip/message/": ["src/lib/"],
  "src/sip/transport/": ["src/lib/", "src/runtime/", sipWords, message],
  "src/sip/transaction/": ["src/lib/", "src/runtime/", "src/fsm/", sipWords, message, transportPort],
  "src/sip/dialog/": ["src/lib/", "src/runtime/", "src/fsm/", message, transportPort, "src/sip/transaction/"],
  "src/sip/ua/": [
    "src/lib/",
    "src/runtime/",
    "src/fsm/",
    sipWords,
    message,
    "src/sip/transport/",
    "src/sip/transaction/",
    "src/sip/dialog/",
  ],
  // Puts the layers together.
  "src/sip/stack.ts": [
    "src/lib/",
    "src/runtime/",
    message,
    "src/sip/transport/",
    "src/sip/transaction/",
    "src/sip/dialog/",
    "src/sip/ua/",
  ],
  "src/sip/index.ts": [
    message,
    "src/sip/transport/",
    "src/sip/transaction/",
    "src/sip/dialog/",
    "src/sip/ua/",
    "src/sip/stack.ts",
  ],
  "src/media/codec/": ["src/lib/"],
  "src/media/rtp/": ["src/lib/"],
  "src/media/dtmf/": ["src/lib/", "src/media/rtp/"],
  "src/media/sdp/": ["src/lib/", "src/media/codec/"],
  "src/media/": ["src/lib/", "src/runtime/", "src/fsm/"],
  "src/http/": ["src/lib/", "src/runtime/"],
  "src/webhook/": ["src/lib/", "src/runtime/", "src/fsm/", "src/dialplan/", "src/model/", "src/http/"],
  "src/webhook/reply/": ["src/lib/", "src/dialplan/"],
  "src/store/": ["src/lib/", "src/runtime/", "src/dialplan/", "src/model/"],
  "src/board/": ["src/lib/", "src/runtime/", "src/dialplan/", "src/model/", "src/sip/index.ts"],
  "src/call/": [
    "src/lib/",
    "src/runtime/",
    "src/fsm/",
    "src/dialplan/",
    "src/model/",
    "src/sip/index.ts",
    "src/board/",
    "src/media/engine.ts",
    "src/webhook/port.ts",
  ],
  "src/api/": ["src/lib/", "src/runtime/", "src/dialplan/", "src/model/", "src/simulate/"],
  "src/api/contract/": ["src/lib/", "src/dialplan/", "src/model/", "src/simulate/"],
  "src/record/": ["src/lib/", "src/runtime/", "src/dialplan/", "src/model/"],
  "src/instance/": ["src/lib/", "src/runtime/"],
  "src/doctor/": ["src/lib/", "src/runtime/", "src/config/"],
  "src/admin/": [
    "src/lib/",
    "src/runtime/",
    "src/dialplan/",
    "src/model/",
    "src/simulate/",
    "src/company/",
    "src/media/audio/",
    "src/webhook/",
    "src/api/ports.ts",
    "src/api/plan-ports.ts",
    "src/api/contract/",
  ],
  "src/link/": [
    "src/lib/",
    "src/runtime/",
    "src/model/",
    "src/record/",
    "src/admin/certificate.ts",
    "src/admin/backup/schedule.ts",
  ],
  "src/control/": [
    "src/lib/",
    "src/runtime/",
    "src/config/",
    "src/dialplan/",
    "src/model/",
    "src/simulate/",
    "src/company/",
    "src/store/",
    "src/record/",
    "src/api/",
    "src/instance/",
    "src/admin/",
    "src/link/",
    "src/webhook/",
    "src/http/",
    "src/softphone/",
  ],
  "src/app/": [
    "src/lib/",
    "src/runtime/",
    "src/fsm/",
    "src/config/",
    "src/dialplan/",
    "src/model/",
    "src/company/",
    "src/sip/index.ts",
    "src/media/",
    "src/http/practice.ts",
    "src/webhook/",
    "src/store/",
    "src/board/",
    "src/call/",
    "src/instance/",
    "src/admin/backup/take-over.ts",
    "src/admin/certificate.ts",
    "src/link/",
  ],
  "src/softphone/": ["src/lib/", "src/runtime/", "src/model/", "src/sip/index.ts", "src/media/"],
  "src/demo/": [
    "src/lib/",
    "src/runtime/",
    "src/config/",
    "src/dialplan/",
    "src/model/",
    "src/company/",
    "src/sip/index.ts",
    "src/media/",
    "src/webhook/",
    "src/instance/",
    "src/softphone/",
    "src/app/",
  ],
  "src/cli/": [
    "src/lib/",
    "src/runtime/",
    "src/config/",
    "src/dialplan/",
    "src/model/",
    "src/simulate/",
    "src/company/",
    "src/webhook/reply/",
    "src/store/",
    "src/api/contract/",
    "src/instance/",
    "src/doctor/",
    "src/admin/",
    "src/softphone/",
    "src/demo/",
    "src/app/",
  ],
};

/** `src/sip/ua/` -> `sip-ua`, `src/sip/stack.ts` -> `sip-stack`. */
const ruleName = (room) =>
  room
    .replace(/^src\//, "")
    .replace(/(\/index)?(\.ts|\/)$/, "")
    .replaceAll("/", "-");
const escape = (name) => name.replaceAll(".", "\\.");
const pattern = (name) => `^${escape(name)}${name.endsWith("/") ? "" : "$"}`;

const layers = Object.entries(ROOMS).map(([room, allowed]) => ({
  name: `layer-${ruleName(room)}`,
  comment: `${room} may import ${allowed.length === 0 ? "nothing of ours" : allowed.join(", ")}.`,
  severity: "error",
  from: { path: pattern(room), pathNot: TESTS },
  to: { path: "^src/", pathNot: [room, ...allowed].map(pattern) },
}));

/** An npm package, wherever node_modules lies. */
const packages = (...names) => names.map((name) => `(^|/)node_modules/${escape(name)}(/|$)`);
/** A Node built-in, with or without its `node:`. */
const builtIns = (...names) => names.map((name) => `^(node:)?${name}$`);

/** `what` (packages or built-ins) only inside `rooms`. */
const only = (name, comment, what, rooms) => ({
  name,
  comment,
  severity: "error",
  from: { path: "^src/", pathNot: [TESTS, ...rooms.map(pattern)] },
  to: { path: what },
});

/** The rooms that compute and nothing else. They run in a browser, in a simulator, anywhere. */
const PURE = [
  "src/lib/",
  "src/fsm/",
  "src/dialplan/",
  "src/model/",
  "src/simulate/",
  "src/webhook/reply/",
  "src/api/contract/",
  "src/sip/message/",
  "src/media/codec/",
  "src/media/rtp/",
  "src/media/dtmf/",
  "src/media/sdp/",
].map(pattern);

/** Those of them that the interface (web/) may import. */
const BROWSER = [
  "src/lib/",
  "src/fsm/",
  "src/dialplan/",
  "src/model/",
  "src/simulate/",
  "src/webhook/reply/",
  "src/api/contract/",
  "src/media/codec/",
  "src/media/sdp/",
].map(pattern);

module.exports = {
  forbidden: [
    {
      name: "no-cycles",
      comment: "No import cycles, those of types included.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "no-unresolvable",
      comment: "Every import leads somewhere.",
      severity: "error",
      from: {},
      // What the build makes is no file.
      to: { couldNotResolve: true, pathNot: ["^virtual:", "\\?url$"] },
    },
    {
      name: "every-file-in-a-room",
      comment:
        "A file of src lies in a room of the table above; a new room needs a line there and in ARCHITECTURE.md.",
      severity: "error",
      from: {},
      to: { path: "^src/", pathNot: Object.keys(ROOMS).map(pattern) },
    },
    ...layers,
    {
      name: "sip-has-one-door",
      comment: "From outside, sip/ is entered through sip/index.ts only.",
      severity: "error",
      from: { path: "^(src|bench|examples)/", pathNot: ["^src/sip/", "^bench/parser", TESTS] },
      to: { path: "^src/sip/", pathNot: "^src/sip/index\\.ts$" },
    },
    {
      name: "product-imports-no-tests",
      comment: "What ships does not lean on test code.",
      severity: "error",
      from: { path: "^(src|bin)/", pathNot: TESTS },
      to: { path: ["^(test|bench|tools|examples)/", TESTS] },
    },
    {
      name: "web-only-pure-rooms",
      comment:
        "The interface imports of the product only what runs in a browser, each room by its files; the contract gives it types.",
      severity: "error",
      from: { path: "^web/" },
      to: { path: "^(src|bin|tools|bench)/", pathNot: BROWSER },
    },
    {
      name: "web-no-node",
      comment: "The interface uses no Node built-in.",
      severity: "error",
      from: { path: "^web/src/", pathNot: TESTS },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "web-features-apart",
      comment:
        "A feature of the interface does not reach into another one: what they share lies in components/ or lib/.",
      severity: "error",
      from: { path: "^web/src/features/([^/]+)/" },
      to: { path: "^web/src/features/", pathNot: "^web/src/features/$1/" },
    },
    {
      name: "web-only-in-web",
      comment: "What is served knows nothing of the interface's source.",
      severity: "error",
      from: { path: "^(src|bin)/" },
      to: { path: "^web/" },
    },
    {
      name: "pure-no-node",
      comment: "Pure rooms use no Node built-in.",
      severity: "error",
      from: { path: PURE, pathNot: TESTS },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "pure-no-npm",
      comment:
        "Pure rooms use no package but zod and libphonenumber-js (docs/adr/0004), and those two of them only.",
      severity: "error",
      from: { path: PURE, pathNot: TESTS },
      to: { path: "(^|/)node_modules/", pathNot: packages("zod", "libphonenumber-js", "@types") },
    },
    only("numbers-in-core", "Phone numbers are understood in one place.", packages("libphonenumber-js"), [
      "src/dialplan/",
    ]),
    only(
      "sockets",
      "Sockets only where the network is.",
      builtIns("dgram", "net", "tls", "http", "https", "http2"),
      ["src/sip/transport/", "src/media/", "src/http/", "src/api/", "src/demo/", "src/doctor/"],
    ),
    only("names", "Only those who connect look names up.", builtIns("dns", "dns/promises"), [
      "src/sip/transport/",
      "src/http/",
      "src/doctor/",
    ]),
    only(
      "http-client",
      "One HTTP client, the guarded one (docs/adr/0059).",
      [...packages("undici"), ...builtIns("https", "http2")],
      ["src/http/"],
    ),
    only(
      "http-server",
      "HTTP is served by api/ and the demo; oxlint forbids them the client's half of node:http.",
      builtIns("http"),
      ["src/http/", "src/api/", "src/demo/"],
    ),
    only(
      "sql",
      "Only store/ speaks SQL.",
      [...packages("kysely", "pg"), ...builtIns("sqlite")],
      ["src/store/"],
    ),
    only(
      "fastify",
      "Only api/ knows fastify.",
      packages("fastify", "fastify-type-provider-zod", "@fastify"),
      ["src/api/"],
    ),
    only("yaml", "Only company/ reads and writes YAML.", packages("yaml"), ["src/company/"]),
    only(
      "sound-decoders",
      "Files from outside are decoded in one place, in a thread that may die.",
      packages(
        "wavefile",
        "mpg123-decoder",
        "ogg-opus-decoder",
        "@wasm-audio-decoders",
        "@echogarden/espeak-ng-emscripten",
      ),
      ["src/media/audio/"],
    ),
    only("openid", "Only who comes in is asked of an OpenID server.", packages("openid-client"), [
      "src/admin/",
    ]),
    only("commander", "Only cli/ reads command lines.", packages("commander"), ["src/cli/"]),
    only("pino", "Only runtime/ makes the logger.", packages("pino"), ["src/runtime/"]),
    only("threads", "Threads are made at three known places.", builtIns("worker_threads"), [
      "src/control/",
      "src/link/",
      "src/media/",
    ]),
    only(
      "processes",
      "Only the command line and speech synthesis start programs.",
      builtIns("child_process"),
      ["src/cli/", "src/media/"],
    ),
  ],
  options: {
    // Type-only imports count: a layer that needs another's types depends on it.
    tsPreCompilationDeps: true,
    doNotFollow: { path: "(^|/)node_modules/" },
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      extensions: [".ts", ".tsx", ".cjs", ".js", ".json"],
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "default", "types"],
    },
  },
};
