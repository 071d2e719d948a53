// zod makes code out of text where it may; the page's Content-Security-Policy forbids that, and even the try is reported. Said where
// zod looks for it when it comes, because the first page of a visit comes without it.
Object.assign(globalThis, { __zod_globalConfig: { jitless: true } });
