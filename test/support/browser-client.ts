/** What a browser does of its own accord: keeps cookies, says where it comes from. */
export interface BrowserClient {
  /** All that it has, as it sends them; undefined: none. */
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
      for (const text of response.headers.getSetCookie()) client.cookie = kept(client.cookie, text);
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

/** The cookies after one was set, or ended. */
function kept(cookies: string | undefined, set: string): string | undefined {
  const pair = set.split(";", 1)[0] ?? "";
  const name = pair.slice(0, pair.indexOf("=") + 1);
  const others = (cookies ?? "").split("; ").filter((one) => one !== "" && !one.startsWith(name));
  const now = /max-age=0/i.test(set) ? others : [...others, pair];
  return now.length === 0 ? undefined : now.join("; ");
}
