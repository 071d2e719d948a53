import type { RawStep } from "../../../../../src/dialplan/steps/step.ts";
import { keep, kept } from "../../../lib/kept.ts";
import type { Editor } from "../state/editor.ts";
import { copied, stepsAsText, stepsInText, type Yaml } from "../tree/clipboard.ts";
import type { Gap } from "../tree/outline.ts";
import type { Refusal } from "../tree/refusal.ts";

// A copy is put on the clipboard as YAML, to be pasted here, in another plan or in a company file. A page may not read the
// clipboard unasked, so what was copied here is remembered for the menu's "Paste" too.

const COPIED = "copiedSteps";

let yaml: Yaml | undefined;
let loading: Promise<Yaml> | undefined;

/** Fetches the YAML reader; answers at once where it is there. */
export function loadYaml(): Promise<Yaml> {
  loading ??= import("yaml").then((loaded) => {
    yaml = {
      stringify: (value) => loaded.stringify(value),
      parse: (text) => loaded.parse(text, { maxAliasCount: 0 }) as unknown,
    };
    return yaml;
  });
  return loading;
}

/** Puts steps on the clipboard of an event of copying, which needs no permission and works without TLS too. */
export function copyInto(data: DataTransfer, steps: readonly RawStep[]): void {
  const text = stepsAsText(steps, yaml);
  data.setData("text/plain", text);
  keep(COPIED, text);
}

/** The same for a menu, which has no such event. */
export async function copySteps(editor: Editor, steps: readonly RawStep[], number: string): Promise<void> {
  await loadYaml();
  const listener = (event: ClipboardEvent): void => {
    if (event.clipboardData === null) return;
    copyInto(event.clipboardData, steps);
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  document.addEventListener("copy", listener, { capture: true, once: true });
  document.execCommand("copy");
  document.removeEventListener("copy", listener, { capture: true });
  keep(COPIED, stepsAsText(steps, yaml));
  editor.say({ code: "copied", number });
}

export async function cutStep(editor: Editor, number: string): Promise<void> {
  const step = editor.store.get().laid.byNumber.get(number)?.step;
  if (step === undefined) return;
  await copySteps(editor, [step], number);
  editor.remove(number);
}

/** Puts the steps of a text in after a step, or at the end of the plan. */
export async function pasteText(
  editor: Editor,
  text: string,
  number: string | undefined,
): Promise<Refusal | "notSteps" | undefined> {
  const steps = stepsInText(text, await loadYaml());
  if (steps === undefined) return "notSteps";
  const { laid } = editor.store.get();
  const node = number === undefined ? undefined : laid.byNumber.get(number);
  const gap: Gap =
    node === undefined ? ["steps", laid.top.steps.length] : [...node.level.path, node.index + 1];
  return editor.insert(copied(steps), gap, "pasted");
}

/** What was copied last in this browser, put in after a step. */
export async function pasteAfter(editor: Editor, number: string): Promise<Refusal | undefined> {
  const why = await pasteText(editor, kept(COPIED) ?? "", number);
  if (why === "notSteps") editor.say({ code: "notSteps" });
  return why === "notSteps" ? undefined : why;
}
