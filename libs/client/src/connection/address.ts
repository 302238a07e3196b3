/** @throws TypeError where it is no address of a server */
export function checkAddress(url: string): void {
  socketAddress(url);
}

/** Where the cluster is: what Socket.IO connects to, and under which path. The path is that of REST, for a proxy may have put both below one. */
export function socketAddress(url: string): { readonly origin: string; readonly path: string } {
  const { protocol, origin, pathname } = parsed(url);
  if (protocol !== 'http:' && protocol !== 'https:') throw badAddress(url);
  return { origin, path: `${pathname.replace(/\/+$/, '')}/socket.io/` };
}

function parsed(url: string): URL {
  try {
    return new URL(url);
  } catch (cause) {
    throw badAddress(url, cause);
  }
}

const badAddress = (url: string, cause?: unknown): TypeError =>
  new TypeError(`url has to be an address such as https://chat.example.com, and is "${url}"`, { cause });
