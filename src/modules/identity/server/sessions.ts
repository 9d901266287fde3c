// Sessions: an opaque token in an HttpOnly cookie, only its hash stored; looked up on every request so that revocation is immediate.
import { createHash, randomBytes } from 'node:crypto'
import { answer, type App } from '../../../kernel/app.ts'
import { nowIso, nowMs } from '../../../kernel/clock.ts'
import { readMany, readOnce } from '../../../kernel/db.ts'
import { assert } from '../../../kernel/refuse.ts'
import type { Face, Grant, Scope, Who } from '../../../kernel/scope.ts'
import { identity } from '../contract.ts'

const HOURS: Record<'staff' | 'resident', number> = { staff: 12, resident: 24 * 30 }
export const tokenHash = (token: string): string => createHash('sha256').update(token).digest('base64url')

export async function openSession(scope: Scope, account_id: string, company_id: number, kind: 'staff' | 'resident', only_here = false): Promise<{ token: string; max_age_s: number }> {
  const token = randomBytes(32).toString('base64url')
  const max_age_s = HOURS[kind] * 3600
  await scope.db
    .insertInto('identity.session')
    .values({ token_hash: tokenHash(token), account_id, company_id, kind, face: scope.who.face, created_at: scope.now, seen_at: scope.now, expires_at: new Date(nowMs() + max_age_s * 1000).toISOString(), ended_at: null, only_here, ip: scope.who.ip, agent: scope.who.agent })
    .execute()
  return { token, max_age_s }
}

interface Row {
  account_id: string
  company_id: number
  kind: 'staff' | 'resident'
  name: string
  phone: string | null
  seen_at: string
}
const FIND = `select s.account_id, s.company_id, s.kind, a.name, a.phone, s.seen_at from identity.session s
 join identity.account a on a.account_id = s.account_id join identity.company c on c.company_id = s.company_id
 join identity.seat t on t.account_id = s.account_id and t.company_id = s.company_id and t.kind = s.kind
 where s.token_hash = $1 and s.ended_at is null and s.expires_at > $2 and a.disabled_at is null and c.disabled_at is null`
const GRANTS = `select m.name, r.code as role_code, r.name as role_name, r.permissions, g.scope_kind, g.scope_ids
 from identity.member m left join identity.access_grant g on g.company_id = m.company_id and g.account_id = m.account_id
 left join identity.role r on r.company_id = g.company_id and r.role_id = g.role_id
 where m.company_id = $1 and m.account_id = (select s.account_id from identity.session s where s.token_hash = $2) and m.disabled_at is null`
// Of many requests at once the first writes; the others wait for it and find nothing to do.
const SEEN = `update identity.session set seen_at = $2 where token_hash = $1 and seen_at < $2::timestamptz - interval '1 minute'`
type MemberGrant = Grant & { name: string }

// The company of a session never changes (another company is another session): who has asked before is found in one message instead of two.
// Nothing else of a session is remembered: whether it holds, and the grants, are asked each time.
const COMPANIES_MAX = 20_000
const companies = new Map<string, number>()
function remember(hash: string, company_id: number): void {
  if (companies.size >= COMPANIES_MAX) companies.clear()
  companies.set(hash, company_id)
}

/** The person of a token, with grants as they are now; null for an unknown, ended or expired one. */
export async function whoIs(app: Pick<App, 'd'>, token: string, from: { ip: string | null; agent: string | null; face: Face }): Promise<{ who: Who; company_id: number } | null> {
  const hash = tokenHash(token)
  const find = { name: 'who', text: FIND, values: [hash, nowIso()] }
  const known = companies.get(hash)
  const [found, early] = known === undefined ? [(await app.d.pool.query<Row>(find)).rows[0], undefined] : await together(app, find, known)
  if (!found) return null
  assert(known === undefined || known === found.company_id, 'the company of a session')
  if (known === undefined) remember(hash, found.company_id)
  const base = { account_id: found.account_id, phone: found.phone, ...from, session: hash }
  if (nowMs() - Date.parse(found.seen_at) > 60_000) await app.d.pool.query({ name: 'seen', text: SEEN, values: [hash, nowIso()] })
  if (found.kind === 'resident') return { company_id: found.company_id, who: { ...base, kind: 'resident', name: found.name, grants: [] } }
  const grants = early ?? (await readOnce<MemberGrant>(app.d, found.company_id, { name: 'grants', text: GRANTS, values: [found.company_id, hash] }))
  const me = grants[0]
  if (!me) return null
  return { company_id: found.company_id, who: { ...base, kind: 'staff', name: me.name, grants: grants.filter((g) => g.role_code !== null) } }
}

async function together(app: Pick<App, 'd'>, find: { name: string; text: string; values: unknown[] }, company_id: number): Promise<[Row | undefined, MemberGrant[]]> {
  const [found, grants] = await readMany(app.d, company_id, [find, { name: 'grants', text: GRANTS, values: [company_id, find.values[0]] }])
  return [found![0] as Row | undefined, grants as MemberGrant[]]
}

export const signOut = answer(identity.signOut, async (scope) => {
  if (scope.who.session) await scope.db.updateTable('identity.session').set({ ended_at: scope.now }).where('token_hash', '=', scope.who.session).execute()
  return { session: null }
})

export const sessions = answer(identity.sessions, async (scope) => {
  const rows = await scope.db
    .selectFrom('identity.session')
    .select(['token_hash', 'face', 'ip', 'agent', 'seen_at'])
    .where('account_id', '=', scope.who.account_id)
    .where('ended_at', 'is', null)
    .where('expires_at', '>', scope.now)
    .orderBy('seen_at', 'desc')
    .limit(50)
    .execute()
  return { rows: rows.map((r) => ({ session_id: createHash('sha256').update(r.token_hash).digest('hex').slice(0, 32), face: r.face, ip: r.ip, agent: r.agent, seen_at: r.seen_at, current: r.token_hash === scope.who.session })) }
})

export const endSession = answer(identity.endSession, async (scope, { session_id }) => {
  const rows = await scope.db.selectFrom('identity.session').select('token_hash').where('account_id', '=', scope.who.account_id).where('ended_at', 'is', null).execute()
  const hit = rows.find((r) => createHash('sha256').update(r.token_hash).digest('hex').slice(0, 32) === session_id)
  if (!hit) throw scope.notFound()
  await scope.db.updateTable('identity.session').set({ ended_at: scope.now }).where('token_hash', '=', hit.token_hash).execute()
  return { done: true as const }
})

/** Whether this session was opened by what one company handed out, and so opens no other. */
export async function onlyHere(scope: Scope): Promise<boolean> {
  return (await scope.db.selectFrom('identity.session').select('only_here').where('token_hash', '=', scope.who.session ?? '').executeTakeFirst())?.only_here ?? false
}

export const switchCompany = answer(identity.switchCompany, async (scope, { company_id }) => {
  const seat = await scope.db
    .selectFrom('identity.seat')
    .select(['kind'])
    .where('account_id', '=', scope.who.account_id)
    .where('company_id', '=', company_id)
    .where('kind', '=', scope.who.kind as 'staff' | 'resident')
    .executeTakeFirst()
  if (!seat) throw scope.notFound()
  if (await onlyHere(scope)) throw scope.notFound()
  if (scope.who.session) await scope.db.updateTable('identity.session').set({ ended_at: scope.now }).where('token_hash', '=', scope.who.session).execute()
  return { session: await openSession(scope, scope.who.account_id!, company_id, seat.kind as 'staff' | 'resident') }
})
