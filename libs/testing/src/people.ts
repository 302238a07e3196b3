import { register } from '@roost/client';
import type { Session } from '@roost/client';

/** Somebody with an account, signed in. */
export interface Person {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly password: string;
  readonly session: Session;
}

/** Good enough for every test; nobody else reaches these servers. */
const password = 'correct horse battery staple';

/** The people of one cluster, each registered when first asked for. */
export class People {
  private readonly known = new Map<string, Promise<Person>>();
  private readonly tokens = new Map<string, string>();

  /** @param address gives the address of a replica that runs */
  constructor(private readonly address: () => string) {}

  /** @param name lower case, for example `ada`; her display name is `Ada` */
  named(name: string): Promise<Person> {
    let person = this.known.get(name);
    if (!person) {
      person = this.register(name);
      this.known.set(name, person);
    }
    return person;
  }

  /** The access token of somebody who was asked for before, by user id. */
  tokenOf(userId: string): string {
    const token = this.tokens.get(userId);
    if (token === undefined) throw new Error(`nobody here has the id ${userId}`);
    return token;
  }

  private async register(name: string): Promise<Person> {
    const email = `${name}@example.org`;
    const displayName = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
    const session = await register(this.address(), { email, password, displayName });
    this.tokens.set(session.user.id, session.accessToken);
    return { id: session.user.id, name, email, password, session };
  }
}
