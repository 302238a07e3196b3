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
  private readonly sessions = new Map<string, Session>();

  /** @param address gives the address of nginx, or of a replica that runs */
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

  /** The session of somebody who was asked for before, by user id. */
  sessionOf(userId: string): Session {
    const session = this.sessions.get(userId);
    if (!session) throw new Error(`nobody here has the id ${userId}`);
    return session;
  }

  private async register(name: string): Promise<Person> {
    const email = `${name}@example.org`;
    const displayName = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
    const session = await register(this.address(), { email, password, displayName });
    this.sessions.set(session.user.id, session);
    return { id: session.user.id, name, email, password, session };
  }
}
