import { named, type Sentences, text } from "./sentence-parts.ts";

// Why there is no sound, in Dutch: by the codes of docs/reference/network.md.

const TOO_LONG = "De beschrijving heeft meer dan";

const DESCRIPTIONS: Sentences = {
  "sdp.empty": () => "De beschrijving is leeg.",
  "sdp.tooManyOctets": ({ most }) => `${TOO_LONG} ${text(most)} bytes.`,
  "sdp.tooManyLines": ({ most }) => `${TOO_LONG} ${text(most)} regels.`,
  "sdp.tooManyMedia": ({ most }) => `${TOO_LONG} ${text(most)} m-regels.`,
  "sdp.noVersion": () => "De beschrijving begint niet met v=0.",
  "sdp.badLine": ({ line }) => `Regel ${text(line)} van de beschrijving heeft niet de vorm x=waarde.`,
  "sdp.badConnection": ({ line }) => `Regel ${text(line)} van de beschrijving (c=) is geen adres.`,
  "sdp.badMedia": ({ line }) => `Regel ${text(line)} van de beschrijving (m=) kan niet gelezen worden.`,
  "sdp.noAudio": () => "De beschrijving heeft geen m-regel voor geluid.",
  "sdp.noUsableAudio": ({ one, two, three, four }) =>
    `De beschrijving heeft geen geluid dat gebruikt kan worden: ${[one, two, three, four]
      .map(text)
      .filter((fault) => fault !== "")
      .join("; ")}.`,
  "sdp.otherKind": ({ line, kind }) => `m-regel ${text(line)} is ${text(kind)}`,
  "sdp.switchedOff": ({ line }) => `m-regel ${text(line)} is uitgezet (poort 0)`,
  "sdp.otherProfile": ({ line, profile }) =>
    `m-regel ${text(line)} is ${text(profile)}, en alleen RTP/AVP wordt begrepen`,
  "sdp.noCodec": ({ line, names }) =>
    `m-regel ${text(line)} noemt ${text(names)}, en geen codec die hier gesproken wordt (PCMA, PCMU, G722)`,
  "sdp.noAddress": ({ line }) => `m-regel ${text(line)} heeft geen adres (c=)`,
  "sdp.badAddress": ({ line }) => `m-regel ${text(line)} heeft een adres (c=) dat geen IP-adres is`,
  "sdp.otherFamily": ({ line, family }) =>
    `m-regel ${text(line)} heeft een adres (c=) dat niet ${text(family)} is`,
  "sdp.nobodysAddress": ({ line, address }) =>
    `m-regel ${text(line)} heeft ${text(address)}, een adres van niemand`,
};

const ENGINE: Sentences = {
  "media.threadNotRunning": () => "De mediathread draait op dit moment niet.",
  "media.threadDied": () =>
    "Het geluid van dit gesprek is verloren: de mediathread van de centrale is gestopt.",
  "media.engineClosed": () => "De media-engine is gesloten.",
  "media.noDescription": () => "De mediathread gaf geen beschrijving.",
  "media.callClosed": () => "Het geluid van het gesprek is gesloten.",
  "media.tooManyEnds": ({ most }) => `Eén gesprek heeft geluid voor hoogstens ${text(most)} partijen.`,
  "media.unknownEnd": ({ end }) => `Het gesprek heeft geen kant ${text(end)}.`,
  "media.noEndToPlayAt": ({ end }) =>
    `Er kan niets gespeeld worden: het gesprek heeft geen kant ${text(end)}.`,
  "media.notAgreed": () => "Met deze partij is nog niet afgesproken hoe zij hoort.",
  "media.badOwnAddress": ({ address }) => `Ons eigen adres ${named(address)} is geen IP-adres.`,
  "media.noOfferToAnswer": () => "Er is geen aanbod dat beantwoord kan worden.",
  "media.noOfferAnswered": () => "Er is geen aanbod waarop dit het antwoord kan zijn.",
  "media.portsUsedUp": () => "Alle mediapoorten zijn in gebruik of rusten.",
  "media.portsTaken": ({ count }) => `${text(count)} mediapoorten op rij zijn door andere programma's bezet.`,
  "media.tooManyFiles": () => "De grens van open bestanden is bereikt (ulimit -n).",
  "media.notOurAddress": ({ address }) => `Het media-adres ${text(address)} is er geen van deze machine.`,
  "media.portFailed": ({ code }) => `Een mediapoort kan niet geopend worden (${text(code)}).`,
  "media.unplayable": ({ message, why }) =>
    `Het bericht ${named(message)} kan niet gespeeld worden: ${text(why)}.`,
  "media.fileMissing": ({ file }) => `het bestand ${text(file)} ontbreekt`,
  "media.fileTooLarge": ({ file, octets, most }) =>
    `het bestand ${text(file)} heeft ${text(octets)} bytes, en ${text(most)} is het meeste`,
  "media.fileEmpty": ({ file }) => `het bestand ${text(file)} is leeg`,
  "media.fileUnreadable": ({ file, code }) =>
    `het bestand ${text(file)} kan niet gelezen worden (${text(code)})`,
  "media.unreachable": ({ address, ourAddress }) =>
    `De beschrijving noemt ${text(address)} voor haar geluid, en vanaf ${text(ourAddress)}, waar de signalering ons bereikt, kan daarheen niets gezonden worden.`,
  "media.noCodecOfOurs": ({ named: names, offered }) =>
    `Het antwoord noemt geen codec van ons aanbod: het noemt ${text(names)}, en ${text(offered)} werd aangeboden.`,
};

const RTPENGINE: Sentences = {
  "rtpengine.noPort": ({ end }) => `Kant ${text(end)} heeft geen poort.`,
  "rtpengine.silent": ({ server }) => `De rtpengine op ${text(server)} antwoordt niet meer.`,
  "rtpengine.forgot": ({ server, why }) =>
    `De rtpengine op ${text(server)} kent dit gesprek niet meer: ${text(why)}.`,
  "rtpengine.otherPort": () => "hij gaf het een andere poort",
  "rtpengine.none": ({ why }) => `Geen rtpengine kan het geluid van dit gesprek dragen: ${text(why)}.`,
  "rtpengine.noneAnswers": () => "geen ervan antwoordt",
  "rtpengine.says": ({ server, why }) => `${text(server)} zegt: ${text(why)}`,
  "rtpengine.refused": ({ server, why }) =>
    `De rtpengine op ${text(server)} kan dit gesprek niet verder dragen: ${text(why)}.`,
  "rtpengine.stopped": () => "de media-engine is gestopt",
  "rtpengine.tooManyCommands": ({ most }) => `${text(most)} opdrachten wachten op antwoord`,
  "rtpengine.noReply": () => "geen antwoord binnen 2 seconden",
  "rtpengine.notUnderstood": () => "een antwoord dat niet te begrijpen is",
  "rtpengine.noPortNamed": () => "hij noemt geen poort",
  "rtpengine.messageNotPlayed": ({ message, server, why }) =>
    `Bericht ${named(message)} kan niet gespeeld worden door de rtpengine op ${text(server)}: ${text(why)}.`,
  "rtpengine.toneNotPlayed": ({ tone, server, why }) =>
    `De toon ${named(tone)} kan niet gespeeld worden door de rtpengine op ${text(server)}: ${text(why)}.`,
  "rtpengine.messageNotWritten": ({ message, why }) => `Bericht ${named(message)}: ${text(why)}`,
  "rtpengine.notWritten": ({ why }) => `Het geluid kan niet voor rtpengine geschreven worden: ${text(why)}.`,
  "rtpengine.messageTooLong": ({ message, seconds }) =>
    `Bericht ${named(message)} duurt ${text(seconds)} s, en aan een rtpengine op een andere machine kan maar 8 s meegestuurd worden: deel de map van de berichten met hem.`,
};

/** By code. */
export const SOUND: Sentences = { ...DESCRIPTIONS, ...ENGINE, ...RTPENGINE };
