import type { OpenIdSettings } from "../model/open-id.ts";
import type { AccountChange, AccountRepository, ApiToken, Session, Totp, User } from "../model/users.ts";
import { append } from "./audit.repo.ts";
import type { Database } from "./database.ts";
import type { Seal } from "./seal.ts";

/**
 * Users, sessions, tokens, one-time links and the OpenID server in the database. The second factor and the client secret are
 * sealed; the rest are hashes.
 */
export function accountRepository(database: Database, seal: Seal): AccountRepository {
  return {
    async load() {
      const users = await database.selectFrom("users").selectAll().orderBy("name").execute();
      const sessions = await database.selectFrom("sessions").select("document").execute();
      const tokens = await database.selectFrom("api_tokens").select("document").execute();
      const links = await database.selectFrom("one_time_links").selectAll().execute();
      return {
        users: users.map(({ id, document, secret }) => ({
          ...(JSON.parse(document) as User),
          totp: secret === null ? undefined : openTotp(seal, secret, id),
        })),
        sessions: sessions.map(({ document }) => JSON.parse(document) as Session),
        tokens: tokens.map(({ document }) => JSON.parse(document) as ApiToken),
        links: links.map((row) => ({
          hash: row.hash,
          userId: row.user_id ?? undefined,
          expiresAt: row.expires_at,
        })),
        openId: await loadOpenId(database, seal),
      };
    },
    apply: (changes, entries) =>
      database.transaction().execute(async (transaction) => {
        for (const change of changes) await applyOne(transaction, seal, change);
        for (const entry of entries) await append(transaction, entry);
      }),
  };
}

/** The one row of the OpenID server. */
const OPEN_ID_ROW = 1;
const OPEN_ID_OWNER = "OpenID server";

async function loadOpenId(database: Database, seal: Seal): Promise<OpenIdSettings | undefined> {
  const row = await database.selectFrom("open_id").selectAll().executeTakeFirst();
  if (row === undefined) return undefined;
  const clientSecret = row.secret === null ? undefined : seal.open(row.secret, OPEN_ID_OWNER);
  if (row.secret !== null && clientSecret === undefined)
    throw new Error("the client secret of the OpenID server was sealed with another key");
  return { ...(JSON.parse(row.document) as Omit<OpenIdSettings, "clientSecret">), clientSecret };
}

function openTotp(seal: Seal, secret: Uint8Array, id: string): Totp {
  const text = seal.open(secret, owner(id));
  // Without it the user would come in by the password alone.
  if (text === undefined) throw new Error(`the second factor of user ${id} was sealed with another key`);
  return JSON.parse(text) as Totp;
}

function owner(id: string): string {
  return `user ${id}`;
}

async function applyOne(database: Database, seal: Seal, change: AccountChange): Promise<void> {
  switch (change.type) {
    case "user": {
      const { totp, ...user } = change.user;
      const secret = totp === undefined ? null : seal.close(JSON.stringify(totp), owner(user.id));
      const values = { name: user.name, document: JSON.stringify(user), secret };
      await database
        .insertInto("users")
        .values({ id: user.id, ...values })
        .onConflict((conflict) => conflict.column("id").doUpdateSet(values))
        .execute();
      return;
    }
    case "session": {
      const { hash, userId } = change.session;
      const document = JSON.stringify(change.session);
      await database
        .insertInto("sessions")
        .values({ hash, user_id: userId, document })
        .onConflict((conflict) => conflict.column("hash").doUpdateSet({ document }))
        .execute();
      return;
    }
    case "token": {
      const document = JSON.stringify(change.token);
      await database
        .insertInto("api_tokens")
        .values({ id: change.token.id, document })
        .onConflict((conflict) => conflict.column("id").doUpdateSet({ document }))
        .execute();
      return;
    }
    case "link": {
      const { hash, userId, expiresAt } = change.link;
      const values = { hash, user_id: userId ?? null, expires_at: expiresAt };
      await database.insertInto("one_time_links").values(values).execute();
      return;
    }
    case "dropUser":
      // With sessions and links, by their foreign keys.
      await database.deleteFrom("users").where("id", "=", change.id).execute();
      return;
    case "dropSession":
      await database.deleteFrom("sessions").where("hash", "=", change.hash).execute();
      return;
    case "dropToken":
      await database.deleteFrom("api_tokens").where("id", "=", change.id).execute();
      return;
    case "dropLink":
      await database.deleteFrom("one_time_links").where("hash", "=", change.hash).execute();
      return;
    case "openId": {
      const { clientSecret, ...settings } = change.settings;
      const secret = clientSecret === undefined ? null : seal.close(clientSecret, OPEN_ID_OWNER);
      const values = { document: JSON.stringify(settings), secret };
      await database
        .insertInto("open_id")
        .values({ id: OPEN_ID_ROW, ...values })
        .onConflict((conflict) => conflict.column("id").doUpdateSet(values))
        .execute();
      return;
    }
    case "dropOpenId":
      await database.deleteFrom("open_id").execute();
      return;
  }
}
