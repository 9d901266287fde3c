// Keys of the simulation: the sample merchant's, the platform's in both styles (certificate and PUB_KEY_ID_…), and the
// APIv3 key. Made once, kept in one file that only its owner reads. They open nothing outside this machine.
import { generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto'
import { join } from 'node:path'
import { madeOnce } from '../once.ts'
import { selfSigned } from './x509.ts'

export interface SimKeys {
  mch_id: string
  app_id: string
  mch_serial: string
  mch_private_key_pem: string
  mch_public_key_pem: string
  api_v3_key: string
  public_key: { id: string; private_key_pem: string; public_key_pem: string }
  certificate: {
    serial: string
    private_key_pem: string
    certificate_pem: string
    effective_at: string
    expires_at: string
  }
}

export const DEFAULT_PORT = 8090
const YEAR_MS = 365 * 86_400_000

export function simFolder(dataDir: string): string {
  return join(dataDir, 'sim_wechat')
}

export function keysPath(dataDir: string): string {
  return join(simFolder(dataDir), 'keys.json')
}

const pem = (key: KeyObject, type: 'spki' | 'pkcs8') => key.export({ type, format: 'pem' } as never).toString()
// First byte 0x4d: a certificate serial is a positive number without leading zero.
const serial = () => `4D${randomBytes(19).toString('hex').toUpperCase()}`
const pair = () => generateKeyPairSync('rsa', { modulusLength: 2048 })

function makeKeys(now: Date): SimKeys {
  const [merchant, platform, certified] = [pair(), pair(), pair()]
  const from = new Date(now.getTime() - 86_400_000)
  const until = new Date(now.getTime() + 5 * YEAR_MS)
  const certificateSerial = serial()
  return {
    mch_id: '1999000001',
    app_id: 'wx00000000heyuan',
    mch_serial: serial(),
    mch_private_key_pem: pem(merchant.privateKey, 'pkcs8'),
    mch_public_key_pem: pem(merchant.publicKey, 'spki'),
    api_v3_key: randomBytes(16).toString('hex'),
    public_key: {
      id: `PUB_KEY_ID_01${randomBytes(16).toString('hex').toUpperCase()}`,
      private_key_pem: pem(platform.privateKey, 'pkcs8'),
      public_key_pem: pem(platform.publicKey, 'spki'),
    },
    certificate: {
      serial: certificateSerial,
      private_key_pem: pem(certified.privateKey, 'pkcs8'),
      certificate_pem: selfSigned({
        serial: certificateSerial,
        common_name: 'Heyuan simulated payment platform',
        from,
        until,
        private_key: certified.privateKey,
        public_key: certified.publicKey,
      }),
      effective_at: from.toISOString(),
      expires_at: until.toISOString(),
    },
  }
}

export const ensureKeys = (dataDir: string, now: Date): { keys: SimKeys; made: boolean } => madeOnce(keysPath(dataDir), () => makeKeys(now))

export interface SimMerchantConfig {
  base_url: string
  mch_id: string
  app_id: string
  mch_serial: string
  mch_private_key_pem: string
  api_v3_key: string
  platform: { serial: string; public_key_pem: string }[]
}

export function merchantConfig(keys: SimKeys, baseUrl: string): SimMerchantConfig {
  return {
    base_url: baseUrl,
    mch_id: keys.mch_id,
    app_id: keys.app_id,
    mch_serial: keys.mch_serial,
    mch_private_key_pem: keys.mch_private_key_pem,
    api_v3_key: keys.api_v3_key,
    platform: [
      { serial: keys.public_key.id, public_key_pem: keys.public_key.public_key_pem },
      // createPublicKey takes the key out of a certificate as well
      { serial: keys.certificate.serial, public_key_pem: keys.certificate.certificate_pem },
    ],
  }
}

/** What the sample installation (样例环境) gives its WeChat Pay client. Makes the keys if the gateway has not yet. */
export function simMerchantConfig(dataDir: string, now: Date, port: number = DEFAULT_PORT): SimMerchantConfig {
  return merchantConfig(ensureKeys(dataDir, now).keys, `http://127.0.0.1:${port}`)
}
