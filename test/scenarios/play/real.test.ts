import { playersAgree } from "./player.suite.ts";
import { RealPlayer } from "./real-player.ts";

playersAgree(new RealPlayer());
