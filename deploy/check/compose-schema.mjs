import { z } from 'zod';

// What the compose files use of the Compose specification; anything else is a slip of the finger. Checked after interpolation.

const duration = z.string().regex(/^\d+(ms|s|m)$/);
const bytes = z.string().regex(/^\d+[kmg]$/);
const serviceName = z.string().regex(/^[a-z][a-z0-9-]*$/);
const paths = z.array(z.string().startsWith('/'));
const port = '([1-9]\\d{0,4})';

const service = z.strictObject({
  image: z
    .string()
    .regex(/^[\w./-]+:[\w.-]+$/)
    .optional(),
  build: z.strictObject({ context: z.literal('.'), dockerfile: z.string(), target: z.string() }).optional(),
  command: z.array(z.string()).optional(),
  user: z.string().optional(),
  environment: z.record(z.string().regex(/^[A-Z][A-Z0-9_]*$/), z.string().nullable()).optional(),
  ports: z.array(z.string().regex(new RegExp(`^((\\d+\\.){3}\\d+:)?${port}:${port}$`))).optional(),
  networks: z.array(z.string()),
  volumes: z.array(z.string().regex(/^[\w./~-]+:\/[\w./-]+(:ro)?$/)).optional(),
  tmpfs: paths.optional(),
  init: z.boolean().optional(),
  depends_on: z
    .record(
      serviceName,
      z.strictObject({ condition: z.enum(['service_healthy', 'service_completed_successfully', 'service_started']) }),
    )
    .optional(),
  healthcheck: z
    .union([
      z.strictObject({ disable: z.literal(true) }),
      z.strictObject({
        test: z.array(z.string()).min(2),
        interval: duration,
        timeout: duration,
        start_period: duration.optional(),
        start_interval: duration.optional(),
      }),
    ])
    .optional(),
  stop_grace_period: duration.optional(),
  deploy: z.strictObject({
    replicas: z.int().min(1).optional(),
    resources: z.strictObject({
      limits: z.strictObject({ memory: bytes, pids: z.int().min(1).optional() }),
    }),
  }),
  // The same for every service.
  restart: z.enum(['unless-stopped', 'no']),
  read_only: z.literal(true),
  cap_drop: z.tuple([z.literal('ALL')]),
  security_opt: z.tuple([z.literal('no-new-privileges:true')]),
  logging: z.strictObject({ driver: z.literal('local') }),
});

export const composeFile = z.strictObject({
  name: z.string(),
  'x-service': z.unknown(),
  services: z.record(serviceName, service),
  networks: z.record(z.string(), z.strictObject({ internal: z.boolean() }).nullable()),
  volumes: z.record(z.string(), z.null()),
});
