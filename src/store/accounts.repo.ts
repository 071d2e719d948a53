import type { AccountChange, AccountRepository, ApiToken, Session, Totp, User } from "../model/users.ts";
import type { Database } from "./database.ts";
import type { Seal } from "./seal.ts";

/** Users, sessions, tokens and one-time links in the database. The second factor is sealed; the rest are hashes. */
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
      };
    },
    apply: (changes) =>
      database.transaction().execute(async (transaction) => {
        for (const change of changes) await applyOne(transaction, seal, change);
      }),
  };
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
  }
}
