// The official account of the simulation: its secrets, made once, in one file that only its owner reads; and where its events are pushed to.
import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { madeOnce } from '../once.ts'
import { ensureKeys } from '../wechat_sim/keys.ts'

export interface MpAccount {
  appid: string
  app_secret: string
  push_token: string
  aes_key: string
  push_mode: 'plain' | 'aes'
}
const folder = (data_dir: string): string => join(data_dir, 'sim_wechat')
const letters = (n: number): string => randomBytes(n * 2).toString('base64').replace(/[^0-9A-Za-z]/g, '').slice(0, n)

/** The account's number is the one that the simulated merchant pays under: JSAPI wants them to be the same. */
export const mpAccount = (data_dir: string, now: Date): MpAccount =>
  madeOnce(join(folder(data_dir), 'account.json'), () => ({ appid: ensureKeys(data_dir, now).keys.app_id, app_secret: randomBytes(16).toString('hex'), push_token: letters(24), aes_key: letters(43), push_mode: 'aes' as const })).keys

/** As the account's owner types it into 服务器配置. */
export function setPushUrl(data_dir: string, url: string): void {
  mkdirSync(folder(data_dir), { recursive: true, mode: 0o700 })
  writeFileSync(join(folder(data_dir), 'push_url'), url, { mode: 0o600 })
}
export function pushUrl(data_dir: string): string | null {
  try {
    return readFileSync(join(folder(data_dir), 'push_url'), 'utf8').trim() || null
  } catch {
    return null
  }
}
