import { combine } from "@atlaskit/pragmatic-drag-and-drop/combine";
import { monitorForElements } from "@atlaskit/pragmatic-drag-and-drop/element/adapter";
import { autoScrollWindowForElements } from "@atlaskit/pragmatic-drag-and-drop-auto-scroll/element";
import { type RefObject, useEffect } from "react";
import type { Editor } from "../state/editor.ts";
import { type Gap, levelOfPrefix } from "../tree/outline.ts";
import { moved, openGaps } from "../tree/refusal.ts";

interface OpenGap {
  readonly element: HTMLElement;
  readonly gap: Gap;
  readonly depth: number;
}

/** Two lines nearer than this stand at the same height: then how far to the right the mouse is decides. */
const SAME_HEIGHT_PX = 14;
/** How far one level is indented. */
const INDENT_PX = 37;

/**
 * While a step is dragged by its grip, the gaps where it can stand are shown as lines, and the nearest one in height takes it.
 * Which gaps these are says `refusal`, as for the keyboard and the menu.
 */
export function useDrag(list: RefObject<HTMLElement | null>, editor: Editor, isOn: boolean): void {
  useEffect(() => {
    if (!isOn) return undefined;
    let open: readonly OpenGap[] = [];
    let near: OpenGap | undefined;
    const mark = (next: OpenGap | undefined): void => {
      if (next === near) return;
      near?.element.removeAttribute("data-near");
      next?.element.setAttribute("data-near", "");
      near = next;
    };
    // The browser's own event: it comes wherever the mouse is, and says that a drop is welcome here.
    const over = (event: DragEvent): void => {
      event.preventDefault();
      mark(nearest(open, event.clientX, event.clientY));
    };
    const clear = (): void => {
      window.removeEventListener("dragover", over);
      mark(undefined);
      for (const { element } of open) element.removeAttribute("data-open");
      open = [];
      list.current?.removeAttribute("data-dragging");
    };
    const isStep = ({ source }: { readonly source: { readonly data: Readonly<Record<string, unknown>> } }) =>
      typeof source.data["step"] === "string";
    // A plan is longer than the window: near its edges it scrolls.
    const scrolling = autoScrollWindowForElements({ canScroll: isStep });
    const moving = monitorForElements({
      canMonitor: isStep,
      onDragStart({ source }) {
        open = gapsFor(list.current, editor, String(source.data.step));
        for (const { element } of open) element.setAttribute("data-open", "");
        list.current?.setAttribute("data-dragging", "");
        window.addEventListener("dragover", over);
        source.element.setAttribute("data-dragged", "");
      },
      onDrop({ source, location }) {
        const { clientX, clientY } = location.current.input;
        const target = nearest(open, clientX, clientY);
        source.element.removeAttribute("data-dragged");
        clear();
        if (target === undefined) return;
        const why = editor.move(String(source.data.step), target.gap);
        if (why !== undefined) editor.say({ code: "refused", why });
      },
    });
    const stop = combine(scrolling, moving);
    return () => {
      clear();
      stop();
    };
  }, [list, editor, isOn]);
}

function gapsFor(list: HTMLElement | null, editor: Editor, number: string): readonly OpenGap[] {
  const { laid } = editor.store.get();
  const node = laid.byNumber.get(number);
  if (list === null || node === undefined) return [];
  const wanted = new Set(openGaps(laid, moved(node)).map(({ level, index }) => `${level.prefix}|${index}`));
  return [...list.querySelectorAll<HTMLElement>("[data-gap]")].flatMap((element) => {
    const name = element.dataset.gap ?? "";
    if (!wanted.has(name)) return [];
    const [prefix = "", index] = name.split("|");
    const level = levelOfPrefix(laid, prefix);
    return level === undefined ? [] : [{ element, gap: [...level.path, Number(index)], depth: level.depth }];
  });
}

/** The gap nearest in height; of several at about the same height the one whose indentation is nearest to the mouse. */
function nearest(open: readonly OpenGap[], x: number, y: number): OpenGap | undefined {
  const placed = open.map((one) => {
    const { top, left } = one.element.getBoundingClientRect();
    return { one, far: Math.abs(top - y), aside: Math.abs(left + INDENT_PX / 2 - x) };
  });
  const closest = Math.min(...placed.map(({ far }) => far));
  const level = placed.filter(({ far }) => far < closest + SAME_HEIGHT_PX);
  return level.toSorted((a, b) => a.aside - b.aside || a.far - b.far)[0]?.one;
}
