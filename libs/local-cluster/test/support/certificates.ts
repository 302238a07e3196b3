import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Files of a certificate for this machine that signs itself, and of its key. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
  readonly pem: string;
}

const openssl = (dir: string, ...args: string[]) => execFileSync('openssl', args, { cwd: dir, stdio: 'pipe' });
const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/** Makes one with the system's openssl. Its name must be new in `dir`. */
export function makeCertificate(dir: string, name: string): Certificate {
  const files = ['-keyout', `${name}.key`, '-out', `${name}.crt`];
  openssl(dir, 'req', '-x509', ...newKey, '-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1', ...files);
  return filesOf(dir, name);
}

/** Makes one that was good for a day of 2020; only `openssl ca` lets one choose the day. */
export function makeExpiredCertificate(dir: string, name: string): Certificate {
  writeFileSync(
    join(dir, 'ca.cnf'),
    '[ca]\ndefault_ca=own\n[own]\ndatabase=index.txt\nserial=serial\nnew_certs_dir=.\ndefault_md=sha256\npolicy=any\n[any]\ncommonName=supplied\n',
  );
  writeFileSync(join(dir, 'index.txt'), '');
  writeFileSync(join(dir, 'serial'), '01\n');
  openssl(dir, 'req', '-new', ...newKey, '-subj', `/CN=${name}`, '-keyout', `${name}.key`, '-out', `${name}.csr`);
  const days = ['-startdate', '20200101000000Z', '-enddate', '20200102000000Z'];
  const files = ['-keyfile', `${name}.key`, '-in', `${name}.csr`, '-out', `${name}.crt`];
  openssl(dir, 'ca', '-batch', '-notext', '-selfsign', '-config', 'ca.cnf', ...days, ...files);
  return filesOf(dir, name);
}

function filesOf(dir: string, name: string): Certificate {
  const [cert, key] = [join(dir, `${name}.crt`), join(dir, `${name}.key`)];
  return { cert, key, pem: readFileSync(cert, 'utf8') };
}
