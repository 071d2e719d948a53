import assert from "node:assert/strict";
import { test } from "node:test";
import { newsOf, withCall } from "./newest.ts";

interface Call {
  readonly id: string;
  readonly result: string;
}
interface Page {
  readonly items: readonly Call[];
  readonly next: string | null;
}

const NONE: Page = { items: [], next: null };
const call = (nth: number, result = "completed"): Call => ({ id: `${nth}`, result });
/** Newest first. */
const page = (from: number, to: number, result?: string): Page => ({
  items: Array.from({ length: from - to + 1 }, (_, at) => call(from - at, result)),
  next: `${to}`,
});

test("nothing new: the pages are the same ones", () => {
  const pages = [page(9, 7), page(6, 4)];
  const news = newsOf(pages, page(9, 7));
  assert.equal(news.pages, pages);
  assert.deepEqual({ ...news, pages: [] }, { count: 0, isMore: false, isMoved: false, pages: [] });
});

test("a call that is over by now is renewed where it stands, the other rows and pages stay as they are", () => {
  const [ongoing, ...others] = page(9, 7).items;
  assert.ok(ongoing);
  const pages = [{ items: [{ ...ongoing, result: "ongoing" }, ...others], next: "7" }, page(6, 4)];
  const news = newsOf(pages, page(9, 7));
  assert.equal(news.isMoved, false);
  assert.equal(news.pages[0]?.items[0]?.result, "completed");
  assert.equal(news.pages[0]?.items[1], others[0]);
  assert.equal(news.pages[1], pages[1]);
});

test("a call that ended is renewed however far down it stands, and nothing else is", () => {
  const pages = Array.from({ length: 6 }, (_, at) => page(60 - at * 10, 51 - at * 10, "ongoing"));
  const known = withCall(pages, call(3));
  assert.deepEqual(known[5]?.items.slice(0, 7), pages[5]?.items.slice(0, 7));
  assert.deepEqual(known[5]?.items.slice(7), [call(3), call(2, "ongoing"), call(1, "ongoing")]);
  assert.equal(known[5]?.next, pages[5]?.next);
  assert.deepEqual(known.slice(0, 5), pages.slice(0, 5));
  assert.equal(known[0], pages[0]);
  assert.equal(withCall(pages, call(99)), pages);
});

test("what only the list says of a call stays", () => {
  const [first] = withCall([{ items: [{ ...call(1, "ongoing"), fixes: [] }] }], call(1));
  assert.deepEqual(first?.items, [{ ...call(1), fixes: [] }]);
});

test("new calls are counted; a page of nothing else may not be all of them", () => {
  const pages = [page(9, 7), page(6, 4)];
  const two = newsOf(pages, page(11, 9));
  assert.deepEqual({ ...two, pages: [] }, { count: 2, isMore: false, isMoved: true, pages: [] });
  assert.equal(two.pages, pages);
  const many = newsOf(pages, page(30, 28));
  assert.deepEqual({ ...many, pages: [] }, { count: 3, isMore: true, isMoved: true, pages: [] });
});

test("a call that fits the filter no more moves the list, and is no new one; a list that lost its calls too", () => {
  const pages = [page(9, 7), page(6, 4)];
  const news = newsOf(pages, { items: [call(8), call(7), call(6)] });
  assert.deepEqual({ ...news, pages: [] }, { count: 0, isMore: false, isMoved: true, pages: [] });
  assert.deepEqual(newsOf(pages, NONE), { count: 0, isMore: false, isMoved: true, pages });
});
