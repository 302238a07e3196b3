import type { NestExpressApplication } from '@nestjs/platform-express';
import { requestContext } from '@roost/observability';
import type { Settings } from '@roost/settings';
import helmet from 'helmet';
import { serveDocs } from './docs.js';

/** Everything around the routes: ids, headers, origins, limits of bodies, docs. */
export function configureHttp(app: NestExpressApplication, settings: Settings): void {
  // Who the caller's address belongs to decides about limits and logs: believe as many proxies as there are.
  app.set('trust proxy', settings.trustProxyHops);
  // `a[b]=c` would make objects of query parameters.
  app.set('query parser', 'simple');
  app.disable('x-powered-by');
  app.use(requestContext);
  app.use(helmet());
  app.enableCors({ origin: [...settings.frontendUrl], credentials: true });
  app.useBodyParser('json', { limit: settings.maxBodyBytes, strict: true });
  serveDocs(app, apiVersion);
}

/** Version of the REST surface as `/openapi.json` shows it. */
const apiVersion = '1';
