// Keys of other systems: made by whoever may, shown once, kept as a digest, bounded by rights, communities, time and rate. A key acts under an account of its own
// that cannot sign in, so that the audit says which system did it.
import { createHash, randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import { answer, type App } from '../../../kernel/app.ts'
import { addDays, nowIso } from '../../../kernel/clock.ts'
import { inTransaction } from '../../../kernel/db.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { Refusal } from '../../../kernel/refuse.ts'
import type { Scope, Who } from '../../../kernel/scope.ts'
import { makeSystemAccount } from '../../identity/server/index.ts'
import { open, type KeyRow } from '../contract.ts'

const MAX = 200
const YEARS = 2
const MINUTE_MS = 60_000
const PREFIX = 'hyk'
const hashOf = (key: string): string => createHash('sha256').update(key).digest('base64url')
/** What only a person does: accounts and roles, keys, and the second signature. */
const barred = (permission: string): boolean => /^(identity|open)\./.test(permission) || /\.(approve|decide)$/.test(permission) || permission.includes('*')

const SCOPE_TEXT = (c: number, col: string) => sql<string>`case when cardinality(${sql.ref(col)}) = 0 then '全公司' else coalesce((select string_agg(k.name, '、' order by k.name) from property.community k where k.company_id = ${c} and k.community_id = any(${sql.ref(col)})), '') end`
export { SCOPE_TEXT }
export async function communitiesThere(scope: Scope, ids: readonly string[]): Promise<void> {
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from property.community where company_id = ${scope.company_id} and community_id = any(${[...ids]}::uuid[])`.execute(scope.db)
  if (rows[0]!.n !== new Set(ids).size) throw scope.refuse('open.elsewhere')
}
export const wholeCompany = (scope: Scope): void => {
  if (!scope.reach().all) throw scope.notFound()
}
function checkRights(scope: Scope, app: App, permissions: readonly string[]): void {
  const word = (p: string): string => app.permissionWords.get(p) ?? p
  for (const p of permissions) {
    if (barred(p) || !app.permissionWords.has(p)) throw scope.refuse('open.right_barred', { permission: word(p) })
    if (!scope.reach(p).all) throw scope.refuse('open.right_lacking', { permission: word(p) })
  }
}
export const keyAnswers = (app: () => App) => [
  answer(open.keys, async (scope) => {
    wholeCompany(scope)
    const c = scope.company_id
    const { rows } = await sql<KeyRow>`select x.key_id, x.name, x.key_hint, x.permissions, x.community_ids, ${SCOPE_TEXT(c, 'x.community_ids')} as scope_text, x.per_minute, x.expires_at, x.used_at, x.used_ip, x.made_by_name, x.made_at, case when x.revoked_at is not null then 'revoked' when x.expires_at <= ${scope.now}::timestamptz then 'expired' else 'live' end as state, x.revoked_by_name
      from open.api_key x where x.company_id = ${c} order by (x.revoked_at is not null), x.made_at desc limit ${MAX}`.execute(scope.db)
    return { rows }
  }),
  answer(open.makeKey, async (scope, o) => {
    wholeCompany(scope)
    const c = scope.company_id
    checkRights(scope, app(), o.permissions)
    await communitiesThere(scope, o.community_ids)
    const last = addDays(scope.today, 366 * YEARS)
    if (o.expires_on <= scope.today || o.expires_on > last) throw scope.refuse('open.expiry', { max: last })
    const same = await sql`select 1 from open.api_key where company_id = ${c} and name = ${o.name} and revoked_at is null`.execute(scope.db)
    if (same.rows.length) throw scope.refuse('open.name_taken', { name: o.name })
    const key_id = uuidv7()
    const key = `${PREFIX}_${c}_${randomBytes(32).toString('base64url')}`
    const account_id = await makeSystemAccount(scope, `api:${key_id}`, `接口:${o.name}`)
    await scope.db.insertInto('open.api_key').values({ company_id: c, key_id, account_id, name: o.name, key_hash: hashOf(key), key_hint: key.slice(-4), permissions: [...new Set(o.permissions)], community_ids: [...new Set(o.community_ids)], per_minute: o.per_minute, expires_at: `${o.expires_on}T00:00:00+08:00`, made_by: scope.who.account_id, made_by_name: scope.who.name, made_at: scope.now }).execute()
    scope.note('api_key', key_id, { name: o.name, permissions: o.permissions, community_ids: o.community_ids, expires_on: o.expires_on })
    return { key_id, key_secret: key }
  }),
  answer(open.revokeKey, async (scope, o) => {
    wholeCompany(scope)
    const { rows } = await sql<{ name: string; revoked: boolean }>`select name, revoked_at is not null as revoked from open.api_key where company_id = ${scope.company_id} and key_id = ${o.key_id} for update`.execute(scope.db)
    if (!rows[0]) throw scope.notFound()
    if (rows[0].revoked) throw scope.refuse('open.revoked')
    await scope.db.updateTable('open.api_key').set({ revoked_at: scope.now, revoked_by_name: scope.who.name }).where('company_id', '=', scope.company_id).where('key_id', '=', o.key_id).execute()
    scope.note('api_key', o.key_id, { name: rows[0].name, revoked: true })
    return { key_id: o.key_id }
  }),
]
interface Held {
  account_id: string
  name: string
  permissions: string[]
  community_ids: string[]
  per_minute: number
  minute_count: number
}
// One statement finds, counts and marks: any number of processes share the count, and a revoked key opens nothing at once.
const USE = `update open.api_key k set minute_count = case when k.minute_at = $3::timestamptz then k.minute_count + 1 else 1 end, minute_at = $3::timestamptz, used_at = $4::timestamptz, used_ip = $5
  from identity.company c where k.company_id = $1 and k.key_hash = $2 and k.revoked_at is null and k.expires_at > $4::timestamptz and c.company_id = $1 and c.disabled_at is null returning k.account_id, k.name, k.permissions, k.community_ids, k.per_minute, k.minute_count`
export const isKey = (token: string): boolean => token.startsWith(`${PREFIX}_`)
/** Who a key is; null for one that is unknown, revoked or over. */
export async function keyHolder(app: Pick<App, 'd'>, token: string, from: { ip: string | null; agent: string | null }): Promise<{ who: Who; company_id: number } | null> {
  const company_id = Number(/^hyk_(\d{1,9})_/.exec(token)?.[1] ?? 0)
  if (company_id === 0) return null
  const now = nowIso()
  const minute = new Date(Math.floor(Date.parse(now) / MINUTE_MS) * MINUTE_MS).toISOString()
  const held = await inTransaction(app.d, { company_id }, async ({ client }) => (await client.query<Held>({ name: 'api_key', text: USE, values: [company_id, hashOf(token), minute, now, from.ip] })).rows[0])
  if (!held) return null
  if (held.minute_count > held.per_minute) throw new Refusal('kernel.too_often', { max: held.per_minute })
  const grant = { role_code: 'api', role_name: '接口', permissions: held.permissions, scope_kind: held.community_ids.length === 0 ? ('company' as const) : ('community' as const), scope_ids: held.community_ids }
  return { company_id, who: { kind: 'staff', account_id: held.account_id, name: `接口:${held.name}`, phone: null, face: 'api', ip: from.ip, agent: from.agent, session: null, grants: [grant] } }
}
