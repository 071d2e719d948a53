import { compile } from "../dialplan/compile.ts";
import { parseTemplate, type UrlTemplate, usesCode } from "../dialplan/template.ts";
import { didYouMean } from "../lib/did-you-mean.ts";
import type { Company } from "./company.ts";
import { KEPT_SECRET } from "./company.ts";
import { companyDirectory } from "./company-directory.ts";
import { RESERVED_PREFIXES } from "./default-prompts.ts";
import type { DocumentPath, Problem } from "./problem.ts";

/** One INVITE may make so many legs at once (reliability B8). */
const MAX_RING_TOGETHER = 20;

/** What the parts of a company say about each other: names, references, templates, plans. */
export function checkCompany(company: Company): Problem[] {
  return [
    ...checkNames(company),
    ...checkOutsideCalls(company),
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

/** A limit that another one keeps out of reach is most likely a slip. */
function checkOutsideCalls({ security }: Company): Problem[] {
  const { perPhone, perCompany } = security.outsideCalls;
  if (perPhone <= perCompany) return [];
  const path = ["security", "outsideCalls", "perPhone"];
  const text = `One phone may have ${perPhone} outside calls at once, but the whole company only ${perCompany} (perCompany), so ${perCompany} is what counts.`;
  return [warning(path, text)];
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
  const plans = company.plans.map((plan) => plan.name);
  const problems = company.trunks.flatMap((trunk, index) => [
    ...checkTrunk(trunk, index),
    ...(trunk.plan === undefined || plans.includes(trunk.plan)
      ? []
      : [problem(["trunks", index, "plan"], missing("plan", trunk.plan, plans))]),
  ]);
  const names = company.trunks.map((trunk) => trunk.name);
  const { outbound } = company;
  if (outbound !== undefined && !names.includes(outbound.trunk)) {
    problems.push(problem(["outbound", "trunk"], missing("trunk", outbound.trunk, names)));
  }
  return problems;
}

function checkTrunk(trunk: Company["trunks"][number], index: number): Problem[] {
  const problems: Problem[] = [];
  if (trunk.kind === "peer" && trunk.account !== undefined) {
    const text =
      "Only a trunk of kind registration has an account; this one is a peer, so it counts for nothing.";
    problems.push(warning(["trunks", index, "account"], text));
  }
  if (trunk.kind === "registration" && trunk.credentials === undefined) {
    const text = "A trunk that registers needs credentials: { username, password }.";
    problems.push(problem(["trunks", index], text));
  }
  if (trunk.kind === "peer" && trunk.acceptFrom.length === 0) {
    const text = "No calls come in over this trunk: acceptFrom does not list any network of the provider.";
    problems.push(warning(["trunks", index], text));
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
  const { audioMessages } = companyDirectory(company);
  return company.webhooks.flatMap((webhook, index) => {
    const problems: Problem[] = [];
    const path = ["webhooks", index];
    const template = parseTemplate(webhook.urlTemplate);
    if (template.ok) {
      for (const sentence of templateWarnings(webhook, template.value))
        problems.push(warning([...path, "urlTemplate"], sentence));
    } else {
      for (const { message } of template.error) problems.push(problem([...path, "urlTemplate"], message));
    }
    for (const key of ["startMessage", "incorrectMessage", "timeoutMessage"] as const) {
      const name = webhook.ivr?.[key];
      if (name !== undefined && !audioMessages.has(name)) {
        problems.push(problem([...path, "ivr", key], missing("audio message", name, audioMessages.keys())));
      }
    }
    return problems;
  });
}

/** What is worth a thought about a template that is well made: what it makes of the code, above all. */
function templateWarnings(webhook: Company["webhooks"][number], template: UrlTemplate): readonly string[] {
  const { warnings } = template;
  if (webhook.ivr === undefined && usesCode(template)) {
    // That digits end up in a log is no worry where there are none.
    return ["{code} is always empty here: callers are asked for a code only where the webhook has ivr."];
  }
  if (webhook.ivr === undefined || usesCode(template)) return warnings;
  return [
    ...warnings,
    "Callers are asked for a code (ivr), but the URL has no {code}: the receiver cannot tell a right one from a wrong one.",
  ];
}

function checkPlans(company: Company): Problem[] {
  const directory = companyDirectory(company);
  return company.plans.flatMap((plan, index) => {
    const compiled = compile(plan, directory);
    if (compiled.ok) return [];
    return compiled.error.map(({ path, message }) => problem(["plans", index, ...path], message));
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
