/** Loads the program of the page at a path; the router's. */
let load: ((path: string) => void) | undefined;

export function whenAhead(loader: (path: string) => void): void {
  load = loader;
}

/** Loads the program of a page that will be opened next, while something else is waited for: `/calls/some`. */
export function ahead(path: string): void {
  load?.(path);
}
