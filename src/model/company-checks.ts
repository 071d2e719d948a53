import { compile } from "../dialplan/compile.ts";
import { parseTemplate } from "../dialplan/template.ts";
import { didYouMean } from "../lib/did-you-mean.ts";
import type { Company } from "./company.ts";
import { KEPT_SECRET } from "./company.ts";
import { companyDirectory } from "./company-directory.ts";
import { DEFAULT_PROMPTS, RESERVED_PREFIXES } from "./default-prompts.ts";
import type { DocumentPath, Problem } from "./problem.ts";

/** One INVITE may make so many legs at once (reliability B8). */
const MAX_RING_TOGETHER = 20;

/** What the parts of a company say about each other: names, references, templates, plans. */
export function checkCompany(company: Company): Problem[] {
  return [
    ...checkNames(company),
    ...checkGroups(company),
    ...checkTrunks(company),
    ...checkAudioMessages(company),
    ...checkWebhooks(company),
    ...checkPlans(company),
    ...checkNumbers(company),
    ...checkPasswords(company),
  ];
}

function problem(path: DocumentPath, message: string): Problem {
  return { path, severity: "error", message };
}

function warning(path: DocumentPath, message: string): Problem {
  return { path, severity: "warning", message };
}

/** `There is no phone "217". Did you mean "216"?` */
function missing(kind: string, name: string, known: Iterable<string>): string {
  const meant = didYouMean(name, known);
  return `There is no ${kind} "${name}".${meant === undefined ? "" : ` Did you mean "${meant}"?`}`;
}

function checkUnique(
  entries: Iterable<{ readonly path: DocumentPath; readonly name: string }>,
  kind: string,
): Problem[] {
  const seen = new Set<string>();
  const problems: Problem[] = [];
  for (const { path, name } of entries) {
    if (seen.has(name))
      problems.push(problem(path, `${kind} "${name}" is given a second time; it must be unique.`));
    seen.add(name);
  }
  return problems;
}

function checkNames(company: Company): Problem[] {
  const extensions = (["phones", "groups"] as const).flatMap((list) =>
    company[list].map((entry, index) => ({ path: [list, index, "extension"], name: entry.extension })),
  );
  const named = (["trunks", "audioMessages", "webhooks", "plans"] as const).map(
    (list) =>
      [
        list,
        company[list].map((entry, index) => ({ path: [list, index, "name"], name: entry.name })),
      ] as const,
  );
  const kinds = { trunks: "Trunk", audioMessages: "Audio message", webhooks: "Webhook", plans: "Plan" };
  const numbers = company.numbers.map((entry, index) => ({
    path: ["numbers", index, "number"],
    name: entry.number,
  }));
  return [
    ...checkUnique(extensions, "Extension"),
    ...named.flatMap(([list, entries]) => checkUnique(entries, kinds[list])),
    ...checkUnique(numbers, "Phone number"),
  ];
}

function checkGroups(company: Company): Problem[] {
  const phones = new Set(company.phones.map((phone) => phone.extension));
  return company.groups.flatMap((group, index) => {
    const path = ["groups", index, "members"];
    const problems = checkUnique(
      group.members.map((name, at) => ({ path: [...path, at], name })),
      "Member",
    );
    for (const [at, member] of group.members.entries()) {
      if (!phones.has(member)) problems.push(problem([...path, at], missing("phone", member, phones)));
    }
    if (group.strategy !== "inOrder" && group.members.length > MAX_RING_TOGETHER) {
      problems.push(
        problem(path, `At most ${MAX_RING_TOGETHER} phones can ring at once; with strategy inOrder 60.`),
      );
    }
    return problems;
  });
}

function checkTrunks(company: Company): Problem[] {
  const problems = company.trunks.flatMap((trunk, index) => {
    if (trunk.kind === "registration" && trunk.credentials === undefined) {
      return [
        problem(["trunks", index], "A trunk that registers needs credentials: { username, password }."),
      ];
    }
    if (trunk.kind === "peer" && trunk.acceptFrom.length === 0) {
      return [
        warning(
          ["trunks", index],
          "No calls come in over this trunk: acceptFrom does not list any network of the provider.",
        ),
      ];
    }
    return [];
  });
  const names = company.trunks.map((trunk) => trunk.name);
  const { outbound } = company;
  if (outbound !== undefined && !names.includes(outbound.trunk)) {
    problems.push(problem(["outbound", "trunk"], missing("trunk", outbound.trunk, names)));
  }
  return problems;
}

function checkAudioMessages(company: Company): Problem[] {
  return company.audioMessages.flatMap((message, index) => {
    const path = ["audioMessages", index];
    const problems: Problem[] = [];
    const prefix = RESERVED_PREFIXES.find((reserved) => message.name.startsWith(reserved));
    if (prefix !== undefined) {
      const sentence = `Names that begin with "${prefix}" belong to the messages that come with Switchhook. Give this one another name.`;
      problems.push(problem([...path, "name"], sentence));
    }
    if (message.text !== undefined && message.language === undefined) {
      const sentence =
        "Say in which language this text is to be spoken: language: en, or nl, or another one.";
      problems.push(problem(path, sentence));
    }
    return problems;
  });
}

function checkWebhooks(company: Company): Problem[] {
  const messages = new Set([...DEFAULT_PROMPTS, ...company.audioMessages].map((message) => message.name));
  return company.webhooks.flatMap((webhook, index) => {
    const problems: Problem[] = [];
    const path = ["webhooks", index];
    const template = parseTemplate(webhook.urlTemplate);
    if (template.ok) {
      for (const sentence of template.value.warnings)
        problems.push(warning([...path, "urlTemplate"], sentence));
    } else {
      for (const { message } of template.error) problems.push(problem([...path, "urlTemplate"], message));
    }
    for (const key of ["startMessage", "incorrectMessage", "timeoutMessage"] as const) {
      const name = webhook.ivr?.[key];
      if (name !== undefined && !messages.has(name)) {
        problems.push(problem([...path, "ivr", key], missing("audio message", name, messages)));
      }
    }
    return problems;
  });
}

function checkPlans(company: Company): Problem[] {
  const directory = companyDirectory(company);
  const withIvr = new Set(
    company.webhooks.filter((webhook) => webhook.ivr !== undefined).map((one) => one.name),
  );
  return company.plans.flatMap((plan, index) => {
    const compiled = compile(plan, directory);
    const problems = ivrSteps(plan.steps, ["plans", index, "steps"], withIvr);
    if (!compiled.ok) {
      for (const { path, message } of compiled.error)
        problems.push(problem(["plans", index, ...path], message));
    }
    return problems;
  });
}

type Step = Company["plans"][number]["steps"][number];

/** Webhooks with IVR need prompts and digits, which this release cannot play or hear yet. */
function ivrSteps(steps: readonly Step[], path: DocumentPath, withIvr: ReadonlySet<string>): Problem[] {
  return steps.flatMap((step, index) => {
    if (step.type !== "webhook") return [];
    const here = [...path, index];
    const problems = [
      ...ivrSteps(step.success, [...here, "success"], withIvr),
      ...ivrSteps(step.failed, [...here, "failed"], withIvr),
    ];
    if (withIvr.has(step.webhook)) {
      const message = `Webhook "${step.webhook}" uses IVR, which needs prompts and digits; this release has no audio yet. Use a webhook without ivr here, or remove its ivr block.`;
      problems.unshift(problem([...here, "webhook"], message));
    }
    return problems;
  });
}

function checkNumbers(company: Company): Problem[] {
  const plans = company.plans.map((plan) => plan.name);
  return company.numbers.flatMap((number, index) => {
    if (number.plan === undefined) {
      return [warning(["numbers", index], `Calls to ${number.number} are refused (404): it has no plan.`)];
    }
    if (plans.includes(number.plan)) return [];
    return [problem(["numbers", index, "plan"], missing("plan", number.plan, plans))];
  });
}

function checkPasswords(company: Company): Problem[] {
  return company.phones.flatMap(({ extension, password }, index) => {
    if (password === undefined || password === KEPT_SECRET) return [];
    const path = ["phones", index, "password"];
    if (password.includes(extension)) {
      return [
        warning(path, `The password of phone ${extension} contains its extension; scanners try that first.`),
      ];
    }
    if (new Set(password).size < 4) {
      return [warning(path, `The password of phone ${extension} has fewer than 4 different characters.`)];
    }
    return [];
  });
}
