import { type Finding, findingsOf } from "./finding.ts";
import type { Machine } from "./machine.ts";

const MIB = 1024 * 1024;
const FULL_OCTETS = 100 * MIB;
const TIGHT_OCTETS = 1024 * MIB;
const ROOT = 0;
/** The user that the packages make for the service. */
const SERVICE_USER = "switchhook";

/** Whose the data folder is, and who else may read it. */
export function checkFolder(machine: Machine, dataDir: string): readonly Finding[] {
  const { ok, hint, warning, fault } = findingsOf("folder");
  const folder = machine.folderFacts(dataDir);
  if (folder === undefined)
    return [
      hint(
        `The data folder ${dataDir} is not there yet, or this user may not see it; the first start makes it.`,
      ),
    ];
  const service = userId(machine, SERVICE_USER);
  // Root looks for the service; anybody else for themselves.
  const wanted = machine.uid === ROOT ? (service ?? folder.uid) : machine.uid;
  const who = machine.uid === ROOT && service !== undefined ? SERVICE_USER : `user ${wanted}`;
  const owner = wanted === service ? `${SERVICE_USER}:${SERVICE_USER}` : String(wanted);
  const others = [
    ...(folder.uid === wanted ? [] : [dataDir]),
    ...machine.names(dataDir).filter((file) => {
      const facts = machine.facts(file);
      return facts !== undefined && facts.uid !== wanted;
    }),
  ];
  const found: Finding[] = [];
  if (others.length > 0)
    found.push(
      fault(
        `${others[0]} does not belong to ${who}, who runs the server${others.length > 1 ? `, and neither do ${others.length - 1} more` : ""}: it cannot be written.`,
        `chown -R ${owner} ${dataDir}/`,
      ),
    );
  if ((folder.mode & 0o077) !== 0)
    found.push(
      warning(`Others on this machine may look into ${dataDir}, where the keys are.`, `chmod 700 ${dataDir}`),
    );
  return found.length > 0 ? found : [ok(`The data folder ${dataDir} belongs to ${who} alone.`)];
}

/** Room on the disk of the data folder. */
export function checkDisk(machine: Machine, dataDir: string): readonly Finding[] {
  const { ok, hint, warning, fault } = findingsOf("disk");
  const free = machine.freeOctets(dataDir) ?? machine.freeOctets(".");
  if (free === undefined) return [hint("How much room the disk has cannot be told.", `df -h ${dataDir}`)];
  const left = `${Math.floor(free / MIB).toLocaleString("en")} MiB are free where ${dataDir} lies`;
  if (free < FULL_OCTETS)
    return [fault(`${left}: records and changes are about to be refused.`, "journalctl --vacuum-size=200M")];
  if (free < TIGHT_OCTETS)
    return [warning(`${left}: that is little for records and backups.`, `df -h ${dataDir}`)];
  return [ok(`${left}.`)];
}

/** From /etc/passwd; undefined: there is no such user. */
function userId(machine: Machine, name: string): number | undefined {
  const line = (machine.text("/etc/passwd") ?? "").split("\n").find((one) => one.startsWith(`${name}:`));
  return line === undefined ? undefined : Number(line.split(":")[2]);
}
