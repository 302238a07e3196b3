export { describeSettings } from './describe.js';
export { renderEnvExample, renderSettingsPage } from './docs.js';
export { jwtSecretsOf, type JwtSecrets } from './jwt-secrets.js';
export { loadSettings } from './load.js';
export { redactUrl } from './redact.js';
export { findNamesWithOurPrefix } from './unknown-names.js';
export type { Setting } from './setting.js';
export { SettingsError, type SettingProblem } from './settings-error.js';
export { settingsList, type Settings } from './settings-list.js';
