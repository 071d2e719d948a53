import { playersAgree } from "./player.suite.ts";
import { virtualPlayer } from "./virtual-player.ts";

playersAgree(virtualPlayer);
