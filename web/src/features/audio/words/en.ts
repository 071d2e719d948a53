const en = {
  title: "Audio messages",
  new: "New audio message",
  search: "Search audio messages",
  empty: "An audio message is what callers hear: a file of yours, or a text that Switchhook speaks.",
  usedIn: "used in",
  spoken: "spoken text",
  file: "file",
  own: "Your messages",
  builtIn: "These come with Switchhook",
  source: "Made from",
  fromFile: "A sound file",
  fromText: "A text that is spoken",
  text: "Text",
  textHelp: "Spoken as soon as you leave the field; listen before you save.",
  language: "Language of the text",
  drop: "Drop a sound file here, or choose one",
  dropHelp: "WAV, MP3, FLAC, Ogg Vorbis or Opus; it is converted to what phones hear.",
  choose: "Choose a file",
  converting: "Converting …",
  waiting: "Waiting for other sound …",
  speaking: "Speaking the text …",
  sending: "{{percent}} % has arrived …",
  brokenFile:
    "“{{file}}” did not arrive: the connection to the server broke off on the way. The file is still chosen, and what you typed is here.",
  brokenText:
    "The text was not spoken: the connection to the server broke off. What you typed is still here.",
  ready: "{{duration}} of sound, as phones will hear it",
  readyLevel: "{{duration}} of sound, as phones will hear it; loudness {{level}} dB",
  sound: "this sound",
  record: {
    start: "Record it",
    stop: "Stop ({{time}})",
    file: "recording.wav",
    denied: "The browser gave no microphone: allow it for this page, and see that one is plugged in.",
    unread: "What was recorded could not be read. Try again.",
    needsHttps:
      "To record here, open this page over https, or on the server itself: browsers give no microphone otherwise.",
  },
  none: "No sound yet",
  name: "Name",
  nameHelp: "You choose it by this name in dial plans and webhooks.",
  taken: "Another audio message has this name. Give this one another name, or change that one.",
  speak: "Speak the text",
  needsSound: "Choose a file or type a text first.",
};
export default en;

declare module "../../../i18n/words.ts" {
  interface Namespaces {
    readonly audio: typeof en;
  }
}
