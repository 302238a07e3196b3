import { Agent } from 'node:http';
import { type TcpNetConnectOpts, connect } from 'node:net';

/**
 * Connects from another address of this machine each time, as clients of some mobile networks do, and to another of several ports
 * where there are several nginx.
 */
export class RoamingAgent extends Agent {
  private count = 0;

  constructor(private readonly ports: readonly number[] = []) {
    super();
  }

  override createConnection(options: TcpNetConnectOpts): ReturnType<typeof connect> {
    const count = this.count++;
    const port = this.ports[count % this.ports.length] ?? options.port;
    return connect({ ...options, port, localAddress: `127.0.0.${(count % 200) + 2}` });
  }
}
