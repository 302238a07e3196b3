/** The session that a token of this server belongs to; undefined for a token that says nothing. */
export function sessionIdOf(accessToken: string): string | undefined {
  try {
    const claims = accessToken.split('.')[1]?.replaceAll('-', '+').replaceAll('_', '/') ?? '';
    const { sid }: { sid?: unknown } = JSON.parse(atob(claims));
    return typeof sid === 'string' ? sid : undefined;
  } catch {
    return undefined;
  }
}
