interface SettingBase {
  /** The long flag, without its dashes. */
  readonly flag: string;
  /** The environment variable. */
  readonly env: string;
  /** Heading in the reference. */
  readonly section: string;
  readonly sentence: string;
}

export interface TextSetting extends SettingBase {
  readonly kind: "text";
  readonly placeholder: string;
  /** Undefined: not set. */
  readonly default: string | undefined;
}

export interface ListSetting extends SettingBase {
  readonly kind: "list";
  readonly placeholder: string;
  readonly default: readonly string[];
}

export interface IntegerSetting extends SettingBase {
  readonly kind: "integer";
  readonly default: number;
  readonly min: number;
  readonly max: number;
  readonly unit: string;
}

export interface ChoiceSetting<Choice extends string = string> extends SettingBase {
  readonly kind: "choice";
  readonly choices: readonly Choice[];
  readonly default: Choice;
}

/** One process setting: how it is given, its default, its unit and what it means. */
export type Setting = TextSetting | ListSetting | IntegerSetting | ChoiceSetting;

/** The type of a setting's value. */
export type SettingValue<S extends Setting> = S extends IntegerSetting
  ? number
  : S extends ListSetting
    ? readonly string[]
    : S extends ChoiceSetting<infer Choice>
      ? Choice
      : S extends { readonly default: string }
        ? string
        : string | undefined;
