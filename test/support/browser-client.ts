/** What a browser does of its own accord: keeps the cookie, says where it comes from. */
export interface BrowserClient {
  /** Undefined: there is none. */
  cookie: string | undefined;
  ask(
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Asked>;
}

export interface Asked {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

/** A browser with a page of the server at `address` open. */
export function browserClient(address: string): BrowserClient {
  const client: BrowserClient = {
    cookie: undefined,
    async ask(method, path, body, headers = {}) {
      const own: Record<string, string> = { origin: address, "sec-fetch-site": "same-origin" };
      if (client.cookie !== undefined) own["cookie"] = client.cookie;
      if (method !== "GET") own["content-type"] = "application/json";
      const response = await fetch(`${address}${path}`, {
        method,
        headers: { ...own, ...headers },
        body: body === undefined ? null : JSON.stringify(body),
      });
      for (const text of response.headers.getSetCookie()) {
        const pair = text.split(";", 1)[0] ?? "";
        client.cookie = /max-age=0/i.test(text) ? undefined : pair;
      }
      const text = await response.text();
      const isJson = response.headers.get("content-type")?.includes("json") === true;
      return {
        status: response.status,
        headers: response.headers,
        body: isJson ? (JSON.parse(text) as Record<string, unknown>) : { text },
      };
    },
  };
  return client;
}
