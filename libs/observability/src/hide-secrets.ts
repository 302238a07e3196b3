const hidden = '***';

/** Names whose values never reach a log, whatever object they hang on and however deep. */
const names = [
  'authorization',
  'proxy-authorization',
  'cookie',
  'set-cookie',
  '[a-z]*password',
  '[a-z_-]*token',
  '[a-z_]*secrets?',
  'api[-_]?key',
].join('|');

/** `"password":"…"`, `"set-cookie":["…"]`: the value is a text or a list. */
const field = new RegExp(String.raw`("(?:${names})":)(?:"(?:[^"\\]|\\.)*"|\[[^\]]*\])`, 'gi');

/**
 * The same inside a text, where every quote has a backslash before it and a quote within the value has three: the body of
 * a request in the message of a parser.
 */
const quotedValue = String.raw`(?:[^"\\]|\\\\(?:\\["\\]|[^"\\])|\\[^"\\])*`;
const quotedField = new RegExp(String.raw`(\\"(?:${names})\\"\s*:\s*\\")${quotedValue}(\\")`, 'gi');

/** `?token=…` of an address. */
const parameter = new RegExp(String.raw`([?&](?:${names})=)[^&"\s\\#]*`, 'gi');

/**
 * `Bearer …` and anything shaped like a JWT, wherever it stands. The look-behind keeps a line of `eyJ-eyJ-eyJ-…`
 * from being scanned anew at each of them.
 */
const bearer = /\b(Bearer )[\w.~+/=-]+|(?<![\w-])eyJ[\w-]+\.[\w-]+\.[\w-]*/gi;

/** `mongodb://user:password@`, as drivers put it into their messages. */
const credentials = /(:\/\/)[^\s"@/]+@/g;

/** Found in every line that has something to hide, and in few others: one look instead of five (0.2 instead of 1.8 µs). */
const suspicious = /password|token|secret|authorization|cookie|api[-_]?key|bearer|eyJ|:\/\//i;

/**
 * Takes secrets out of a finished log line (JSON or text). It works on the line and not on the logged objects, because
 * that covers every depth, class, error and message alike; what comes out is valid JSON if what went in was.
 */
export function hideSecrets(line: string): string {
  if (!suspicious.test(line)) return line;
  return line
    .replace(field, `$1"${hidden}"`)
    .replace(quotedField, `$1${hidden}$2`)
    .replace(parameter, `$1${hidden}`)
    .replace(bearer, (_match, scheme: string | undefined) => `${scheme ?? ''}${hidden}`)
    .replace(credentials, `$1${hidden}@`);
}
