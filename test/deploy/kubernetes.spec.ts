import { settingsList } from '@roost/settings';
import { expect, test } from 'vitest';
import { type Container, type Manifest, manifest } from './kubernetes-schema.js';
import { yamlFilesIn } from './yaml.js';

const folder = 'deploy/kubernetes';
const files = yamlFilesIn(folder);
const all = [...files.values()].map((one) => manifest.safeParse(one).data).filter((one) => one !== undefined);
const ofKind = <K extends Manifest['kind']>(kind: K) =>
  all.filter((one): one is Extract<Manifest, { kind: K }> => one.kind === kind);
const [chat, web] = ['chat', 'web'].map((name) => ofKind('Deployment').find(({ metadata }) => metadata.name === name)!);
const containersOf = (...owners: Extract<Manifest, { kind: 'Deployment' | 'Job' }>[]): readonly Container[] =>
  owners.flatMap(({ spec }) => spec.template.spec.containers);

test.each([...files])('%s has the fields of its kind and no others', (_, content) => {
  expect(manifest.safeParse(content).error?.issues).toBeUndefined();
});

test('a misspelt field is found', () => {
  const copy = structuredClone(files.get('chat.yaml')) as { spec: { template: { spec: Record<string, unknown> } } };
  copy.spec.template.spec['terminationGraceperiodSeconds'] = 20;
  expect(manifest.safeParse(copy).success).toBe(false);
});

test('everything is applied but the job and what applies it', () => {
  const [{ resources } = { resources: [] }] = ofKind('Kustomization');
  const expected = [...files.keys()].filter((name) => !['kustomization.yaml', 'migrate.yaml'].includes(name));
  expect(new Set(resources)).toEqual(new Set(expected));
});

test('selectors find the pods they are meant for, and ports the names that containers give them', () => {
  for (const { spec, metadata } of [...ofKind('Service'), ...ofKind('PodDisruptionBudget')]) {
    const wanted = 'matchLabels' in spec.selector ? (spec.selector.matchLabels as object) : spec.selector;
    const owner = ofKind('Deployment').find((one) => one.metadata.name === metadata.name);
    expect(owner?.spec.template.metadata.labels).toEqual(wanted);
    if (!('ports' in spec)) continue;
    const named = containersOf(owner!)[0]!.ports?.map(({ name }) => name);
    expect(named).toEqual(expect.arrayContaining(spec.ports.map(({ targetPort }) => targetPort)));
  }
  for (const { spec } of ofKind('Deployment')) {
    expect(spec.template.metadata.labels).toEqual(spec.selector.matchLabels);
  }
});

test('every variable is a setting, or one that nginx takes', () => {
  const known = new Set<string>(settingsList.map(({ name }) => name));
  const ofNginx = ['REPLICAS', 'TLS_CERT', 'TLS_KEY', 'TLS_PORT'];
  const names = [
    ...ofKind('ConfigMap').flatMap(({ data }) => Object.keys(data)),
    ...containersOf(...ofKind('Deployment')).flatMap(({ env = [] }) => env.map(({ name }) => name)),
  ];
  expect(names.filter((name) => !known.has(name) && !ofNginx.includes(name))).toEqual([]);
});

test('a replica is asked three questions, has the time that a drain takes, and is found at its own address', () => {
  const [container] = containersOf(chat!);
  const paths = [container!.startupProbe, container!.livenessProbe, container!.readinessProbe];
  expect(paths.map((probe) => probe?.httpGet.path)).toEqual(['/health/startup', '/health/live', '/health/ready']);
  // The compose file gives it 15 s.
  expect(chat!.spec.template.spec.terminationGracePeriodSeconds).toBeGreaterThan(15);
  const [service] = ofKind('Service').filter(({ metadata }) => metadata.name === 'chat');
  expect(service!.spec).toMatchObject({ clusterIP: 'None', publishNotReadyAddresses: true });
  const address = containersOf(web!)[0]!.env?.find(({ name }) => name === 'REPLICAS')?.value;
  const [{ namespace } = { namespace: '' }] = ofKind('Kustomization');
  expect(address).toBe(`chat.${namespace}.svc.cluster.local:${service!.spec.ports[0]!.port}`);
});

test('replicas and the job that migrates for them are of one image', () => {
  const [replicas, job] = [containersOf(chat!), containersOf(...ofKind('Job'))];
  expect(job[0]!.image).toBe(replicas[0]!.image);
  expect(job[0]!.envFrom).toEqual(replicas[0]!.envFrom);
});
