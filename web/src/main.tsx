// First of all: before anything makes a schema.
import "./lib/zod-without-eval.ts";
import "./theme/mantine-parts.css";
import "virtual:theme.css";
import "./theme/base.css";
import "./theme/mantine.css";
import { beginFirst } from "./first.ts";

beginFirst(location.pathname);
// Not awaited: what it is made of imports from here.
void import("./start.tsx");
