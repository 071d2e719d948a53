// Over 5 s: as many inputs as 30 s bring, at each parser.

import { fuzzCases } from "./cases.ts";

fuzzCases(1);
