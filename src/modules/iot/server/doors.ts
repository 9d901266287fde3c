// Where devices connect: what the gateway has opened, as it told last; before it ever ran, what the environment names. `HEYUAN_IOT_PUBLIC_HOST` is the name by which they call it.
import { sql } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import type { TlsState } from '../contract.ts'

/** As in iot.gateway.doors. */
export interface Doors {
  mqtt: number | null
  http: number | null
  mqtts: number | null
  https: number | null
  tls: TlsState | null
}
export interface Addresses {
  mqtt: string | null
  mqtts: string | null
  /** Without a path. */
  http: string | null
  https: string | null
  tls: TlsState | null
}
const ANY = new Set(['0.0.0.0', '::', ''])
export function publicHost(): string {
  const own = process.env['HEYUAN_GATEWAY_HOST'] ?? ''
  return process.env['HEYUAN_IOT_PUBLIC_HOST'] ?? (ANY.has(own) ? '127.0.0.1' : own)
}
const fromEnv = (name: string): number | null => (process.env[name] ? Number(process.env[name]) : null)
export async function doorsOf(scope: Scope): Promise<Addresses> {
  const { rows } = await sql<{ doors: Partial<Doors> }>`select doors from iot.gateway where company_id = ${scope.company_id}`.execute(scope.db)
  const told = rows[0]?.doors
  const d: Doors = told && 'mqtt' in told ? (told as Doors) : { mqtt: fromEnv('HEYUAN_MQTT_PORT'), http: fromEnv('HEYUAN_IOT_HTTP_PORT'), mqtts: null, https: null, tls: null }
  const host = publicHost()
  const at = (port: number | null, scheme: string): string | null => (port === null ? null : `${scheme}${host}:${port}`)
  return { mqtt: at(d.mqtt, ''), mqtts: at(d.mqtts, 'mqtts://'), http: at(d.http, 'http://'), https: at(d.https, 'https://'), tls: d.tls }
}
