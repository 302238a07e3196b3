const hidden = '***';

/**
 * A connection address that may be shown: user, password and secret-looking parameters are replaced by `***`.
 * Everything up to the last `@` goes, because passwords with an unescaped `@` or `/` do occur.
 */
export function redactUrl(url: string): string {
  return url
    .replace(/^([a-z][a-z0-9+.-]*:\/\/)?.*@/is, `$1${hidden}@`)
    .replace(/([?&][^=&]*(?:pass|secret|token|key|properties)[^=&]*=)[^&]*/gi, `$1${hidden}`);
}
