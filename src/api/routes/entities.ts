import type { FastifyInstance } from "fastify";
import type { z } from "zod";
import { err, ok } from "../../lib/result.ts";
import type { KindName } from "../../model/entities/kinds.ts";
import {
  entityLists,
  entitySingles,
  phoneRoutes,
  type ShownEntity,
  type WrittenEntity,
} from "../contract/entities.ts";
import { refused } from "../contract/problems.ts";
import type { EntityPage, EntityPorts } from "../ports.ts";
import { serve } from "../serve.ts";

/** Routes of any kind: what they have in common. */
type OfAnyKind<Routes, Answers> = {
  readonly [Verb in keyof Routes & keyof Answers]: Omit<Routes[Verb], "answer"> & {
    readonly answer: z.ZodType<Answers[Verb]>;
  };
};

type Lists = OfAnyKind<
  typeof entityLists.number,
  {
    list: EntityPage;
    get: ShownEntity;
    create: WrittenEntity;
    replace: WrittenEntity;
    change: WrittenEntity;
    remove: {
      readonly version: number;
      readonly live: boolean;
      readonly warnings: WrittenEntity["warnings"];
    };
  }
>;
type Singles = OfAnyKind<
  typeof entitySingles.outbound,
  { get: ShownEntity; replace: WrittenEntity; change: WrittenEntity }
>;

const NOT_THERE = err(refused("noSuchEntity", "There is no such thing here."));

/** Everything that a configuration is made of, one at a time. */
export function serveEntities(server: FastifyInstance, entities: EntityPorts): void {
  for (const [kind, routes] of Object.entries(entityLists))
    serveList(server, entities, kind as KindName, routes as unknown as Lists);
  for (const [kind, routes] of Object.entries(entitySingles))
    serveSingle(server, entities, kind as KindName, routes as unknown as Singles);
  serve(server, phoneRoutes.password, ({ params, actor }) => entities.newPassword(params.id, actor));
}

function serveList(server: FastifyInstance, entities: EntityPorts, kind: KindName, routes: Lists): void {
  serve(server, routes.list, async ({ query }) => entities.list(kind, query));
  serve(server, routes.get, async ({ params }) => {
    const found = entities.get(kind, params.id);
    return found === undefined ? NOT_THERE : ok(found);
  });
  serve(server, routes.create, async ({ body, actor, http }) => {
    const made = await entities.put({ kind, isNew: true, document: body }, actor);
    if (made.ok) http.reply.header("location", `/api/v1${routes.create.path}/${made.value.id}`);
    return made;
  });
  serve(server, routes.replace, ({ params, query, body, actor, ifMatch }) =>
    entities.put({ kind, id: params.id, revision: ifMatch, document: body, ...query }, actor),
  );
  serve(server, routes.change, ({ params, query, body, actor, ifMatch }) =>
    entities.put({ kind, id: params.id, revision: ifMatch, document: body, isPatch: true, ...query }, actor),
  );
  serve(server, routes.remove, async ({ params, actor, ifMatch }) =>
    entities.drop({ kind, id: params.id, revision: ifMatch }, actor),
  );
}

function serveSingle(server: FastifyInstance, entities: EntityPorts, kind: KindName, routes: Singles): void {
  serve(server, routes.get, async () => {
    const found = entities.get(kind, undefined);
    return found === undefined ? NOT_THERE : ok(found);
  });
  serve(server, routes.replace, ({ body, actor, ifMatch }) =>
    entities.put({ kind, revision: ifMatch, document: body }, actor),
  );
  serve(server, routes.change, ({ body, actor, ifMatch }) =>
    entities.put({ kind, revision: ifMatch, document: body, isPatch: true }, actor),
  );
}
