import type { ChoiceSetting, IntegerSetting, ListSetting, SettingValue, TextSetting } from "./setting.ts";

// Every setting of the process, once: flags, environment, reference and types come from here. What a company
// is (phones, plans, webhooks …) is not a setting; that is the company file.

function text<Default extends string | undefined>(
  setting: Omit<TextSetting, "kind" | "default"> & { readonly default: Default },
): Omit<TextSetting, "default"> & { readonly default: Default } {
  return { kind: "text", ...setting };
}

function list(setting: Omit<ListSetting, "kind" | "default">): ListSetting {
  return { kind: "list", default: [], ...setting };
}

function integer(setting: Omit<IntegerSetting, "kind">): IntegerSetting {
  return { kind: "integer", ...setting };
}

function choice<Choice extends string>(setting: Omit<ChoiceSetting<Choice>, "kind">): ChoiceSetting<Choice> {
  return { kind: "choice", ...setting };
}

/** All settings of `switchhook start`, in the order of the reference. */
export const settings = {
  dataDir: text({
    flag: "data",
    env: "SWITCHHOOK_DATA",
    section: "Files",
    placeholder: "DIR",
    default: "data",
    sentence:
      "Folder of the database, the keys and the file that says where the running server is. Made when missing.",
  }),
  applyFile: text({
    flag: "apply",
    env: "SWITCHHOOK_APPLY",
    section: "Files",
    placeholder: "FILE",
    default: undefined,
    sentence:
      "Company file that is applied at start, before the first call. Without it the stored configuration is used.",
  }),
  sip: list({
    flag: "sip",
    env: "SWITCHHOOK_SIP",
    section: "SIP",
    placeholder: "HOST:PORT",
    sentence:
      "Where SIP is heard, over UDP and TCP both. Where a trunk over UDP is reached through a NAT, it is kept open by keep-alives by itself: there is nothing to set. May be given several times; in the environment, separated by spaces. IPv6 in brackets: [::1]:5060. Without this and --sips: 0.0.0.0:5060.",
  }),
  sips: list({
    flag: "sips",
    env: "SWITCHHOOK_SIPS",
    section: "SIP",
    placeholder: "HOST:PORT",
    sentence: "Where SIP is heard over TLS. May be given several times. Needs --tls-cert and --tls-key.",
  }),
  tlsCert: text({
    flag: "tls-cert",
    env: "SWITCHHOOK_TLS_CERT",
    section: "SIP",
    placeholder: "FILE",
    default: undefined,
    sentence:
      "Certificate chain for --sips, in PEM. A renewed file is taken by itself, on SIGHUP, or by `switchhook reload`; calls go on.",
  }),
  tlsKey: text({
    flag: "tls-key",
    env: "SWITCHHOOK_TLS_KEY",
    section: "SIP",
    placeholder: "FILE",
    default: undefined,
    sentence: "Private key for --sips, in PEM, without a password.",
  }),
  tlsCa: text({
    flag: "tls-ca",
    env: "SWITCHHOOK_TLS_CA",
    section: "SIP",
    placeholder: "FILE",
    default: undefined,
    sentence:
      "Certificate authorities (PEM) that trunks over TLS are checked against, instead of the usual ones.",
  }),
  tlsClientCa: text({
    flag: "tls-client-ca",
    env: "SWITCHHOOK_TLS_CLIENT_CA",
    section: "SIP",
    placeholder: "FILE",
    default: undefined,
    sentence:
      "Certificate authorities (PEM) of which everybody who connects to --sips must show a certificate, phones too. It lets a caller in and says nothing of who it is: trunks are still known by address, phones by password. Without this nobody is asked for one. A renewed file is taken as --tls-cert is.",
  }),
  advertise: list({
    flag: "advertise",
    env: "SWITCHHOOK_ADVERTISE",
    section: "SIP",
    placeholder: "[LISTENER=]HOST[:PORT]",
    sentence:
      "Address or name that is written in Via and Contact, when it is not the one listened on (behind NAT). HOST alone is for all listeners, an address for those of its family, each with its own port. udp=HOST:PORT, tcp=… and tls=… are for one transport, 10.0.0.5:5060=HOST:PORT for what listens there; the closer one counts. May be given several times.",
  }),
  realm: text({
    flag: "realm",
    env: "SWITCHHOOK_REALM",
    section: "SIP",
    placeholder: "NAME",
    default: "pbx",
    sentence:
      "Digest realm, and the domain of the phones' addresses. Phones see it; a new one makes them register again.",
  }),
  md5UserAgents: list({
    flag: "md5-user-agent",
    env: "SWITCHHOOK_MD5_USER_AGENT",
    section: "SIP",
    placeholder: "NAME",
    sentence:
      "Beginning of the User-Agent of phones that read only the first challenge, or give up at an algorithm that they do not know: they are asked for a digest of MD5 alone, all others for SHA-256 first. Some old ones are known without it. May be given several times.",
  }),
  rtpMin: integer({
    flag: "rtp-min",
    env: "SWITCHHOOK_RTP_MIN",
    section: "Sound",
    default: 30_000,
    min: 1024,
    max: 65_534,
    unit: "port",
    sentence:
      "First UDP port for sound that passes through the server. Each party of such a call takes two ports.",
  }),
  rtpMax: integer({
    flag: "rtp-max",
    env: "SWITCHHOOK_RTP_MAX",
    section: "Sound",
    default: 39_999,
    min: 1025,
    max: 65_535,
    unit: "port",
    sentence: "Last UDP port for sound. A port rests for 30 s before it is used again.",
  }),
  rtpAddress: list({
    flag: "rtp-address",
    env: "SWITCHHOOK_RTP_ADDRESS",
    section: "Sound",
    placeholder: "ADDRESS",
    sentence:
      "Address that parties are told to send their sound to, when it is not the one that SIP announces to them (behind NAT). Parties of the same family only: one for IPv4 and one for IPv6 may be given.",
  }),
  rtpengine: list({
    flag: "rtpengine",
    env: "SWITCHHOOK_RTPENGINE",
    section: "Sound",
    placeholder: "HOST:PORT",
    sentence:
      "Control port (ng) of an rtpengine that carries the sound instead of the built-in engine. May be given several times: calls are spread over those that answer.",
  }),
  rtpengineDigits: text({
    flag: "rtpengine-digits",
    env: "SWITCHHOOK_RTPENGINE_DIGITS",
    section: "Sound",
    placeholder: "HOST:PORT",
    default: "127.0.0.1:22223",
    sentence: "Where rtpengine tells of pressed keys: its --dtmf-log-dest.",
  }),
  rtpengineFiles: choice({
    flag: "rtpengine-files",
    env: "SWITCHHOOK_RTPENGINE_FILES",
    section: "Sound",
    choices: ["sent", "shared"],
    default: "sent",
    sentence:
      "How rtpengine gets what it plays. sent: with the command, at most 8 s of a message. shared: it reads the files itself, on the same machine or a shared disk, as a user that may read the data folder.",
  }),
  silenceSeconds: integer({
    flag: "silence-seconds",
    env: "SWITCHHOOK_SILENCE_SECONDS",
    section: "Sound",
    default: 60,
    min: 5,
    max: 3600,
    unit: "seconds",
    sentence:
      "A call whose sound passes through the server is ended when one party has sent none for this long.",
  }),
  holdSilenceSeconds: integer({
    flag: "hold-silence-seconds",
    env: "SWITCHHOOK_HOLD_SILENCE_SECONDS",
    section: "Sound",
    default: 600,
    min: 5,
    max: 86_400,
    unit: "seconds",
    sentence: "The same while that party is on hold.",
  }),
  http: text({
    flag: "http",
    env: "SWITCHHOOK_HTTP",
    section: "API",
    placeholder: "HOST:PORT",
    default: "127.0.0.1:8088",
    sentence: "Where the HTTP API and the web interface are heard. Port 0 takes a free one.",
  }),
  httpNames: list({
    flag: "http-name",
    env: "SWITCHHOOK_HTTP_NAME",
    section: "API",
    placeholder: "NAME",
    sentence:
      "Name under which the web interface is reached, as pbx.example.com, besides its address and localhost. May be given several times. A browser that asks for another name is refused, so that no page of somebody else can pass itself off as this one (DNS rebinding).",
  }),
  httpProxies: list({
    flag: "http-proxy",
    env: "SWITCHHOOK_HTTP_PROXY",
    section: "API",
    placeholder: "ADDRESS",
    sentence:
      "Address of a reverse proxy, as 127.0.0.1, that is believed who asked it: the last address in its X-Forwarded-For that is no proxy's own. The audit log, sessions and the limits on guessing are by that address then. May be given several times. Nobody else is believed.",
  }),
  httpPlain: choice({
    flag: "http-plain",
    env: "SWITCHHOOK_HTTP_PLAIN",
    section: "API",
    choices: ["refuse", "allow"],
    default: "refuse",
    sentence:
      "Signing in over plain HTTP from another machine. refuse: only over HTTPS (a proxy in front), or in a browser on this machine. allow: passwords and sessions go over the network readable for all.",
  }),
  sessionIdleMinutes: integer({
    flag: "session-idle-minutes",
    env: "SWITCHHOOK_SESSION_IDLE_MINUTES",
    section: "API",
    default: 30,
    min: 1,
    max: 1440,
    unit: "minutes",
    sentence: "Who has signed in and then asks nothing for so long has to sign in again.",
  }),
  sessionHours: integer({
    flag: "session-hours",
    env: "SWITCHHOOK_SESSION_HOURS",
    section: "API",
    default: 12,
    min: 1,
    max: 720,
    unit: "hours",
    sentence: "Who has signed in has to do so again after this time, whatever happens.",
  }),
  backupFolder: text({
    flag: "backup-folder",
    env: "SWITCHHOOK_BACKUP_FOLDER",
    section: "Backups",
    placeholder: "DIR",
    default: undefined,
    sentence:
      "Folder in which backups are made by themselves, as `switchhook backup` makes them. Made when missing. Without this there are none.",
  }),
  backupHours: integer({
    flag: "backup-hours",
    env: "SWITCHHOOK_BACKUP_HOURS",
    section: "Backups",
    default: 24,
    min: 1,
    max: 720,
    unit: "hours",
    sentence: "From one of them to the next.",
  }),
  backupKeep: integer({
    flag: "backup-keep",
    env: "SWITCHHOOK_BACKUP_KEEP",
    section: "Backups",
    default: 14,
    min: 1,
    max: 1000,
    unit: "backups",
    sentence: "So many are kept; when a new one is there, the oldest goes.",
  }),
  backupPassphraseFile: text({
    flag: "backup-passphrase-file",
    env: "SWITCHHOOK_BACKUP_PASSPHRASE_FILE",
    section: "Backups",
    placeholder: "FILE",
    default: undefined,
    sentence:
      "File whose first line is the passphrase that seals them. Keep it elsewhere too: without it nobody reads them. Without this they are as secret as the data folder.",
  }),
  speechCommand: text({
    flag: "speech-command",
    env: "SWITCHHOOK_SPEECH_COMMAND",
    section: "Sound",
    placeholder: "COMMAND",
    default: undefined,
    sentence:
      'Program that speaks the texts of audio messages, with its arguments, run without a shell: it gets the text on standard input (UTF-8) and writes a WAV file to standard output within 30 s. {language} in it becomes the language ("nl", "en"); without that the language is its last argument. Words with spaces in "…". Without this: espeak-ng where it is installed, else the one that comes with Switchhook.',
  }),
  callsKeepDays: integer({
    flag: "calls-keep-days",
    env: "SWITCHHOOK_CALLS_KEEP_DAYS",
    section: "Calls",
    default: 30,
    min: 1,
    max: 3650,
    unit: "days",
    sentence: "How long the record of a call is kept.",
  }),
  maxCalls: integer({
    flag: "max-calls",
    env: "SWITCHHOOK_MAX_CALLS",
    section: "Calls",
    default: 10_000,
    min: 1,
    max: 100_000,
    unit: "calls",
    sentence: "Calls at the same time; the next one is refused with 503, unless it calls for help.",
  }),
  maxCallMinutes: integer({
    flag: "max-call-minutes",
    env: "SWITCHHOOK_MAX_CALL_MINUTES",
    section: "Calls",
    default: 720,
    min: 1,
    max: 10_080,
    unit: "minutes",
    sentence: "A connected call is ended after this time.",
  }),
  drainSeconds: integer({
    flag: "drain-seconds",
    env: "SWITCHHOOK_DRAIN_SECONDS",
    section: "Process",
    default: 1800,
    min: 0,
    max: 86_400,
    unit: "seconds",
    sentence:
      "After SIGTERM: how long running calls may go on before they are ended. New calls are refused at once.",
  }),
  logLevel: choice({
    flag: "log-level",
    env: "SWITCHHOOK_LOG_LEVEL",
    section: "Process",
    choices: ["silent", "error", "warn", "info", "debug"],
    default: "info",
    sentence: "How much is written to the log (JSON lines on standard output).",
  }),
} as const;

/** The values of all settings: what `startApp` is given. */
export type Settings = { readonly [Key in keyof typeof settings]: SettingValue<(typeof settings)[Key]> };
