import { camelCase } from './names.js';
import { redactUrl } from './redact.js';
import type { Setting } from './setting.js';
import { settingsList, type Settings } from './settings-list.js';

/** The settings as they may be logged at start: secrets hidden, addresses without credentials. */
export function describeSettings(settings: Settings): Record<string, unknown> {
  const values: Record<string, unknown> = settings;
  return Object.fromEntries(
    settingsList.map((one) => {
      const key = camelCase(one.name);
      return [key, presentable(one, values[key])];
    }),
  );
}

function presentable({ secret }: Setting, value: unknown): unknown {
  if (secret === undefined || value === undefined) return value;
  if (secret === 'whole') return '[secret]';
  if (typeof value === 'string') return redactUrl(value);
  return Array.isArray(value) ? value.map((url) => redactUrl(String(url))) : value;
}
