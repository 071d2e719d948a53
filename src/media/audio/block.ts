/** Some milliseconds of sound as they come out of a decoder; full scale is ±1. */
export interface Block {
  readonly rate: number;
  readonly channels: readonly Float32Array[];
}

/** Takes a block; false: enough, no more of it. */
export type TakeBlock = (block: Block) => boolean;
