// The package has no types of its own; this is the part that speech-child.ts uses.
declare module "@echogarden/espeak-ng-emscripten" {
  export interface EspeakWorker {
    /** 0 when there is such a voice. */
    set_voice(name: string): number;
    set_rate(wordsPerMinute: number): void;
    get_samplerate(): number;
    /** Calls back with 16-bit samples until all is spoken; true from it stops. */
    synthesize(text: string, callback: (samples: Int16Array | null) => boolean): void;
  }

  const load: () => Promise<{ readonly eSpeakNGWorker: new () => EspeakWorker }>;
  export default load;
}
