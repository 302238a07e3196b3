import type { z } from 'zod';
import { accountSettings } from './list/accounts.js';
import { limitSettings } from './list/limits.js';
import { loggingSettings, processSettings } from './list/process.js';
import { cacheSettings, socketSettings } from './list/sockets.js';
import { storeSettings } from './list/stores.js';
import type { CamelCase } from './names.js';

/** Every setting there is, once. A new one is a `setting({…})` in `list/`; type, check and docs follow. */
export const settingsList = [
  ...processSettings,
  ...accountSettings,
  ...storeSettings,
  ...socketSettings,
  ...limitSettings,
  ...cacheSettings,
  ...loggingSettings,
] as const;

type AnySetting = (typeof settingsList)[number];

/** The parsed settings of a process, frozen. `MONGODB_TIMEOUT_MS` is found as `settings.mongodbTimeoutMs`. */
export type Settings = { readonly [One in AnySetting as CamelCase<One['name']>]: z.output<One['schema']> };
