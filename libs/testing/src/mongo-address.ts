/** Scheme and credentials, hosts, database, options. */
const shape = /^(mongodb:\/\/(?:[^@/]*@)?)([^/?]+)(\/[^?]*)?(?:\?(.*))?$/;

/** The first host of a MongoDB address. */
export function hostOf(uri: string): { host: string; port: number } {
  const [host = '', port] = (parts(uri).hosts.split(',')[0] ?? '').split(':');
  return { host, port: Number(port ?? 27_017) };
}

/**
 * The same database, reached through a port of this machine. Asks for a direct connection: a client that looks for the
 * members of the replica set would find the server itself and go around the port.
 */
export function throughPort(uri: string, port: number): string {
  const { before, path, options } = parts(uri);
  const kept = new URLSearchParams(options);
  kept.delete('replicaSet');
  kept.set('directConnection', 'true');
  return `${before}127.0.0.1:${port}${path}?${kept.toString()}`;
}

function parts(uri: string): { before: string; hosts: string; path: string; options: string } {
  const match = shape.exec(uri);
  if (!match) throw new Error('tests need a MONGODB_URI like mongodb://host:27017/');
  const [, before = '', hosts = '', path = '/', options = ''] = match;
  return { before, hosts, path, options };
}
