import { z } from 'zod';

// What the manifests use of Kubernetes' API, as its reference has it; anything else is a slip of the finger, which the API server
// would drop without a word.

const name = z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);
const labels = z.record(z.string(), z.string());
const metadata = z.strictObject({ name, labels: labels.optional() });
const port = z.int().min(1).max(65_535);
const count = z.int().min(0);
const selector = z.strictObject({ matchLabels: labels });
const cpu = z.string().regex(/^\d+m?$/);
const memory = z.string().regex(/^\d+(Ki|Mi|Gi)$/);
const resources = z.strictObject({
  requests: z.strictObject({ cpu, memory }),
  // No limit of CPU: it would hold a replica up that has work to do.
  limits: z.strictObject({ memory }),
});
const probe = z.strictObject({
  httpGet: z.strictObject({ path: z.string().startsWith('/'), port: name }),
  periodSeconds: z.int().min(1),
  timeoutSeconds: z.int().min(1).optional(),
  failureThreshold: z.int().min(1).optional(),
});
const env = z.strictObject({
  name: z.string().regex(/^[A-Z][A-Z0-9_]*$/),
  value: z.string().optional(),
  valueFrom: z.strictObject({ fieldRef: z.strictObject({ fieldPath: z.string() }) }).optional(),
});
const container = z.strictObject({
  name,
  image: z.string().regex(/^[\w./-]+:[\w.-]+$/),
  command: z.array(z.string()).optional(),
  ports: z.array(z.strictObject({ name, containerPort: port })).optional(),
  envFrom: z.array(
    z.union([
      z.strictObject({ configMapRef: z.strictObject({ name }) }),
      z.strictObject({ secretRef: z.strictObject({ name }) }),
    ]),
  ),
  env: z.array(env).optional(),
  startupProbe: probe.optional(),
  livenessProbe: probe.optional(),
  readinessProbe: probe.optional(),
  lifecycle: z
    .strictObject({ preStop: z.strictObject({ exec: z.strictObject({ command: z.array(z.string()) }) }) })
    .optional(),
  resources,
  securityContext: z.strictObject({
    readOnlyRootFilesystem: z.literal(true),
    allowPrivilegeEscalation: z.literal(false),
    capabilities: z.strictObject({ drop: z.tuple([z.literal('ALL')]) }),
  }),
  volumeMounts: z.array(z.strictObject({ name, mountPath: z.string(), readOnly: z.boolean().optional() })),
});
const volume = z.union([
  z.strictObject({ name, emptyDir: z.strictObject({ medium: z.literal('Memory').optional() }) }),
  z.strictObject({ name, secret: z.strictObject({ secretName: name }) }),
]);
const pod = z.strictObject({
  restartPolicy: z.literal('Never').optional(),
  terminationGracePeriodSeconds: count.optional(),
  enableServiceLinks: z.literal(false),
  automountServiceAccountToken: z.literal(false),
  securityContext: z.strictObject({
    runAsNonRoot: z.literal(true),
    runAsUser: count,
    runAsGroup: count,
    fsGroup: count.optional(),
    seccompProfile: z.strictObject({ type: z.literal('RuntimeDefault') }),
  }),
  topologySpreadConstraints: z
    .array(
      z.strictObject({
        maxSkew: z.int().min(1),
        topologyKey: z.string(),
        whenUnsatisfiable: z.enum(['ScheduleAnyway', 'DoNotSchedule']),
        labelSelector: selector,
      }),
    )
    .optional(),
  containers: z.tuple([container]),
  volumes: z.array(volume),
});
const template = z.strictObject({
  metadata: z.strictObject({ labels, annotations: labels.optional() }),
  spec: pod,
});
const policies = z.array(z.strictObject({ type: z.enum(['Pods', 'Percent']), value: count, periodSeconds: count }));

const deployment = z.strictObject({
  apiVersion: z.literal('apps/v1'),
  kind: z.literal('Deployment'),
  metadata,
  spec: z.strictObject({
    replicas: count.optional(),
    selector,
    minReadySeconds: count.optional(),
    strategy: z.strictObject({
      type: z.literal('RollingUpdate'),
      rollingUpdate: z.strictObject({ maxSurge: count, maxUnavailable: count }),
    }),
    template,
  }),
});
const job = z.strictObject({
  apiVersion: z.literal('batch/v1'),
  kind: z.literal('Job'),
  metadata,
  spec: z.strictObject({ backoffLimit: count, template }),
});
const service = z.strictObject({
  apiVersion: z.literal('v1'),
  kind: z.literal('Service'),
  metadata,
  spec: z.strictObject({
    type: z.enum(['ClusterIP', 'LoadBalancer']).optional(),
    clusterIP: z.literal('None').optional(),
    publishNotReadyAddresses: z.boolean().optional(),
    externalTrafficPolicy: z.enum(['Local', 'Cluster']).optional(),
    selector: labels,
    ports: z.array(z.strictObject({ name, port, targetPort: name })),
  }),
});
const disruptionBudget = z.strictObject({
  apiVersion: z.literal('policy/v1'),
  kind: z.literal('PodDisruptionBudget'),
  metadata,
  spec: z.strictObject({ maxUnavailable: count, selector }),
});
const autoscaler = z.strictObject({
  apiVersion: z.literal('autoscaling/v2'),
  kind: z.literal('HorizontalPodAutoscaler'),
  metadata,
  spec: z.strictObject({
    scaleTargetRef: z.strictObject({ apiVersion: z.string(), kind: z.string(), name }),
    minReplicas: count,
    maxReplicas: count,
    metrics: z.array(
      z.strictObject({
        type: z.literal('Resource'),
        resource: z.strictObject({
          name: z.literal('cpu'),
          target: z.strictObject({ type: z.literal('AverageValue'), averageValue: cpu }),
        }),
      }),
    ),
    behavior: z.strictObject({
      scaleUp: z.strictObject({ policies }),
      scaleDown: z.strictObject({ stabilizationWindowSeconds: z.int().min(0).max(3600), policies }),
    }),
  }),
});
const configMap = z.strictObject({
  apiVersion: z.literal('v1'),
  kind: z.literal('ConfigMap'),
  metadata,
  data: labels,
});
const kustomization = z.strictObject({
  apiVersion: z.literal('kustomize.config.k8s.io/v1beta1'),
  kind: z.literal('Kustomization'),
  namespace: name,
  resources: z.array(z.string().regex(/^[\w-]+\.yaml$/)),
});

export const manifest = z.discriminatedUnion('kind', [
  deployment,
  job,
  service,
  disruptionBudget,
  autoscaler,
  configMap,
  kustomization,
]);

export type Manifest = z.output<typeof manifest>;
export type Container = z.output<typeof container>;
