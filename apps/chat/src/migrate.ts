import 'reflect-metadata';
import { failStart } from '@roost/observability';
import { obey } from '../../../libs/command-line/src/index.mjs';
import { loadSettings } from '@roost/settings';
import { help, readArguments } from './migrate-options.mjs';
import type { mongo } from 'mongoose';
import { leapAfterRestore } from './logs/restored.js';
import { databaseNeeds } from './schema.js';
import { describeNeeds, meet, missingOf } from './store/migrations/migrations.js';
import { withLease } from './store/migrations/lease.js';
import { migratingOptions, withMongo } from './store/mongo-connection.js';

const say = (line: string) => console.log(line);

/**
 * Brings the database to what this version needs, while replicas of the version before work with it: `npm run migrate`.
 * With `--plan` it says what that would be and does nothing. One process does it at a time, others wait and find it done.
 */
async function migrate({ plan, restored }: { plan: boolean; restored: boolean }): Promise<void> {
  const settings = loadSettings();
  await withMongo(settings, migratingOptions, async (db) => {
    const planned = describeNeeds(await missingOf(db, databaseNeeds));
    say(planned.length === 0 ? 'The database has all that this version needs.' : 'The database lacks:');
    for (const line of planned) say(line);
    if (plan || (planned.length === 0 && !restored)) return;
    const waiting = () => say('Another process is at it: waiting.');
    await withLease(db, 'migrate', waiting, async (signal) => {
      if (planned.length > 0) await meetAll(db, signal);
      if (!restored) return;
      const chats = await leapAfterRestore(db, signal);
      say(`Restored: clients begin anew in ${chats} ${chats === 1 ? 'chat' : 'chats'}.`);
    });
  });
}

async function meetAll(db: mongo.Db, signal: AbortSignal): Promise<void> {
  say('Migrating:');
  await meet(db, await missingOf(db, databaseNeeds), say, signal);
  say('The database has all that this version needs.');
}

process.exit(
  await obey(
    help,
    () => readArguments(process.argv.slice(2)),
    (options) => migrate(options).then(() => 0, failStart),
  ),
);
