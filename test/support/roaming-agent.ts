import { Agent } from 'node:http';
import { connect } from 'node:net';
import type { TcpNetConnectOpts } from 'node:net';

/** Connects from another address of this machine each time, as the clients of some mobile networks do. */
export class RoamingAgent extends Agent {
  private count = 0;

  override createConnection(options: TcpNetConnectOpts): ReturnType<typeof connect> {
    return connect({ ...options, localAddress: `127.0.0.${(this.count++ % 200) + 2}` });
  }
}
