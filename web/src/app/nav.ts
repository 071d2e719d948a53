import {
  type Icon,
  IconDeviceLandlinePhone,
  IconDots,
  IconHash,
  IconHome,
  IconMusic,
  IconPhoneCall,
  IconPlug,
  IconRoute,
  IconSettings,
  IconUsersGroup,
  IconWebhook,
} from "@tabler/icons-react";

/** A place in the menu. */
export interface NavItem {
  readonly id:
    | "home"
    | "calls"
    | "numbers"
    | "plans"
    | "webhooks"
    | "audio"
    | "phones"
    | "groups"
    | "trunks"
    | "settings";
  readonly to: string;
  readonly icon: Icon;
}

export const MAIN: readonly NavItem[] = [
  { id: "home", to: "/", icon: IconHome },
  { id: "calls", to: "/calls", icon: IconPhoneCall },
];
export const ROUTING: readonly NavItem[] = [
  { id: "numbers", to: "/numbers", icon: IconHash },
  { id: "plans", to: "/plans", icon: IconRoute },
  { id: "webhooks", to: "/webhooks", icon: IconWebhook },
  { id: "audio", to: "/audio", icon: IconMusic },
];
export const PEOPLE: readonly NavItem[] = [
  { id: "phones", to: "/phones", icon: IconDeviceLandlinePhone },
  { id: "groups", to: "/groups", icon: IconUsersGroup },
];
export const BELOW: readonly NavItem[] = [
  { id: "trunks", to: "/trunks", icon: IconPlug },
  { id: "settings", to: "/settings", icon: IconSettings },
];
export const MORE_ICON = IconDots;
