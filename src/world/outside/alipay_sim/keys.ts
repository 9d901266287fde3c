// Keys of the simulated Alipay: the sample merchant's application, Alipay's own, and certificates of both under one root. Made once, kept in
// one file that only its owner reads. They open nothing outside this machine.
import { generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto'
import { join } from 'node:path'
import { madeOnce } from '../once.ts'
import { selfSigned } from '../wechat_sim/x509.ts'

export interface SimKeys {
  app_id: string
  seller_id: string
  app_private_key_pem: string
  app_public_key_pem: string
  alipay_private_key_pem: string
  alipay_public_key_pem: string
  app_cert_pem: string
  alipay_cert_pem: string
  alipay_root_cert_pem: string
}

export const DEFAULT_PORT = 8091
const YEAR_MS = 365 * 86_400_000
export const simFolder = (dataDir: string): string => join(dataDir, 'sim_alipay')
export const keysPath = (dataDir: string): string => join(simFolder(dataDir), 'keys.json')

const pem = (key: KeyObject, type: 'spki' | 'pkcs8') => key.export({ type, format: 'pem' } as never).toString()
const pair = () => generateKeyPairSync('rsa', { modulusLength: 2048 })

function makeKeys(now: Date): SimKeys {
  const [app, alipay, root] = [pair(), pair(), pair()]
  const cert = (common_name: string, keys: ReturnType<typeof pair>) =>
    selfSigned({ serial: `4D${randomBytes(19).toString('hex').toUpperCase()}`, common_name, from: new Date(now.getTime() - 86_400_000), until: new Date(now.getTime() + 5 * YEAR_MS), private_key: keys.privateKey, public_key: keys.publicKey })
  return {
    app_id: '2021000000heyuan',
    seller_id: '2088000000000001',
    app_private_key_pem: pem(app.privateKey, 'pkcs8'),
    app_public_key_pem: pem(app.publicKey, 'spki'),
    alipay_private_key_pem: pem(alipay.privateKey, 'pkcs8'),
    alipay_public_key_pem: pem(alipay.publicKey, 'spki'),
    app_cert_pem: cert('Heyuan sample merchant', app),
    alipay_cert_pem: cert('Heyuan simulated Alipay', alipay),
    alipay_root_cert_pem: cert('Heyuan simulated Alipay root', root),
  }
}

export const ensureKeys = (dataDir: string, now: Date): { keys: SimKeys; made: boolean } => madeOnce(keysPath(dataDir), () => makeKeys(now))

export interface SimAppConfig {
  base_url: string
  app_id: string
  seller_id: string
  app_private_key_pem: string
  alipay_public_key_pem: string
}
export const appConfig = (keys: SimKeys, url: string): SimAppConfig => ({ base_url: `${url}/gateway.do`, app_id: keys.app_id, seller_id: keys.seller_id, app_private_key_pem: keys.app_private_key_pem, alipay_public_key_pem: keys.alipay_public_key_pem })
/** What the sample installation gives its Alipay client. Makes the keys if the gateway has not yet. */
export const simAppConfig = (dataDir: string, now: Date, port: number = DEFAULT_PORT): SimAppConfig => appConfig(ensureKeys(dataDir, now).keys, `http://127.0.0.1:${port}`)
