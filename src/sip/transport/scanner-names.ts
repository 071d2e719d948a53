/** User-Agent values of the tools that scan the internet for open SIP servers (reliability B1), lower-case. */
const SCANNERS = [
  "friendly-scanner",
  "friendly-request",
  "sipcli",
  "sipvicious",
  "sundayddr",
  "vaxsipuseragent",
  "vaxasip",
  "pplsip",
  "sipptk",
  "sip-scan",
  "sipscan",
  "sivus",
  "voipaudit",
] as const;

/** Whether a User-Agent value is a scanner's. */
export function isScannerName(userAgent: string): boolean {
  const lower = userAgent.slice(0, 200).toLowerCase();
  return SCANNERS.some((scanner) => lower.includes(scanner));
}
