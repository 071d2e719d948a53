// Over 5 s: 72 scenarios on real sockets.

import { playersAgree } from "./player.suite.ts";
import { RealPlayer } from "./real-player.ts";

playersAgree(new RealPlayer());
