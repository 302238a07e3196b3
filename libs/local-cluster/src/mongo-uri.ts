/** Scheme and hosts, database, options. `URL` refuses what lists several hosts. */
const shape = /^(mongodb(?:\+srv)?:\/\/[^/?]+)(?:\/([^?]*))?(\?.*)?$/;

/** The database a MongoDB address names; undefined where it names none. */
export function databaseOf(uri: string): string | undefined {
  return parts(uri).database || undefined;
}

/** The same servers and options with another database. */
export function withDatabase(uri: string, database: string): string {
  const { servers, options } = parts(uri);
  return `${servers}/${database}${options}`;
}

function parts(uri: string): { servers: string; database: string; options: string } {
  const match = shape.exec(uri);
  // Without the address itself: it may hold a password.
  if (!match) throw new Error('MONGODB_URI is not an address like mongodb://host:27017/database');
  const [, servers = '', database = '', options = ''] = match;
  return { servers, database, options };
}
