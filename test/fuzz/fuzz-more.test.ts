import { fuzzCases } from "./cases.ts";

fuzzCases(1);
