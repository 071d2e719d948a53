import { config } from "zod/v4/core";

// zod makes code out of text where it may; the page's Content-Security-Policy forbids that, and even the try is reported.
config({ jitless: true });
