import { join } from 'node:path'
import { readFileSync } from 'node:fs'
import { sql } from 'kysely'
import { answer, type App, type Module } from '../../../kernel/app.ts'
import { dayStart } from '../../../kernel/days.ts'
import { sentence } from '../../../kernel/contract.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { sealSchedule, verifyAudit } from '../../../kernel/seal.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { identity } from '../contract.ts'
import { words } from '../words.ts'
import { wholeCompany } from './access.ts'
import { companyAnswers } from './companies.ts'
import { companyInfo, saveCompany } from './company_info.ts'
import { forgetSchedule } from './forget.ts'
import { addMember, members, removeRole, resetPassword, roleAnswers, roles, setMember, unlockMember } from './members.ts'
import { endSession, onlyHere, sessions, signOut, switchCompany } from './sessions.ts'
import { changePassword, residentPasswordAnswers, signInAnswers } from './sign_in.ts'

export { whoIs } from './sessions.ts'
export { endMember, firstPassword } from './members.ts'
export { staffAt } from './staff_at.ts'
export { createCompany, kindOfCompany, permissionsOfKind, refreshRoles, writeBuiltInRoles } from './companies.ts'
export { hashPassword, issueDeskCode } from './sign_in.ts'

/** Registers the phones of a company's residents, so that one-time-code sign-in finds the company. Called by people. */
export async function knowPhones(scope: Scope, phones: readonly string[]): Promise<void> {
  if (phones.length === 0) return
  await sql`insert into identity.resident_phone (phone, company_id) select distinct p, ${scope.company_id}::bigint from unnest(${[...phones]}::text[]) p where p <> '' on conflict do nothing`.execute(scope.db)
}
/** Forgets phones that no person of the company has any more; a signed-in resident loses the seat at once. Called by people. */
export async function forgetPhones(scope: Scope, phones: readonly string[]): Promise<void> {
  if (phones.length === 0) return
  await sql`delete from identity.resident_phone where company_id = ${scope.company_id} and phone = any(${[...phones]}::text[])`.execute(scope.db)
  await sql`delete from identity.seat s using identity.account a where a.account_id = s.account_id and s.kind = 'resident' and s.company_id = ${scope.company_id} and a.phone = any(${[...phones]}::text[])`.execute(scope.db)
}
/** Names of staff by account, for showing who did something; batched. */
export async function memberNames(scope: Scope, account_ids: readonly (string | null)[]): Promise<Map<string, string>> {
  const ids = [...new Set(account_ids.filter((x): x is string => x !== null))]
  if (ids.length === 0) return new Map()
  const rows = await scope.db.selectFrom('identity.member').select(['account_id', 'name']).where('company_id', '=', scope.company_id).where('account_id', 'in', ids).execute()
  return new Map(rows.map((r) => [r.account_id, r.name]))
}

/** An account under which another system acts: it has no password and no seat, so nobody signs in with it. */
export async function makeSystemAccount(scope: Scope, login: string, name: string): Promise<string> {
  const account_id = uuidv7()
  await scope.db.insertInto('identity.account').values({ account_id, login, phone: null, name, password_hash: null, locked_until: null, disabled_at: null, created_at: scope.now }).execute()
  return account_id
}

const version = (JSON.parse(readFileSync(new URL('../../../../package.json', import.meta.url), 'utf8')) as { version: string }).version

const me = (app: () => App) =>
  answer(identity.me, async (scope) => {
    const { who } = scope
    const seats = await scope.db.selectFrom('identity.seat as s').innerJoin('identity.company as c', 'c.company_id', 's.company_id').select(['s.company_id', 's.kind', 'c.short_name', 'c.name', 'c.kind as company_kind']).where('s.account_id', '=', who.account_id).orderBy('s.company_id').limit(50).execute()
    const account = await scope.db.selectFrom('identity.account').select('must_change').where('account_id', '=', who.account_id).executeTakeFirst()
    const alone = who.kind === 'resident' && (await onlyHere(scope))
    const here = seats.find((s) => s.company_id === scope.company_id)
    return {
      account_id: who.account_id!,
      name: who.name,
      kind: who.kind as 'staff' | 'resident',
      phone: who.phone,
      company_id: scope.company_id,
      company_name: here?.name ?? '',
      company_short_name: here?.short_name ?? '',
      company_kind: (here?.company_kind ?? 'property') as 'property' | 'authority',
      companies: seats.filter((s) => !alone || s.company_id === scope.company_id).map((s) => ({ company_id: s.company_id, short_name: s.short_name, kind: s.kind as 'staff' | 'resident' })),
      permissions: [...new Set(who.grants.flatMap((g) => g.permissions))],
      company_permissions: [...new Set(who.grants.filter((g) => g.scope_kind === 'company').flatMap((g) => g.permissions))],
      roles: [...new Set(who.grants.map((g) => g.role_name))],
      must_change: account?.must_change ?? false,
      mode: app().mode,
      version,
    }
  })

/** People look for 作废, not for billing.voidBill: both find it. */
function callsNamed(app: App, asked: string): string[] {
  const named = [...[...app.answers].map(([name, a]) => [name, a.call.zh] as const), ...app.doings].filter(([, zh]) => zh.includes(asked)).map(([name]) => name)
  return [asked, ...named]
}

const audit = (app: () => App) =>
  answer(identity.audit, async (scope, f) => {
    wholeCompany(scope)
    let q = scope.db.selectFrom('kernel.audit').where('company_id', '=', scope.company_id)
    if (f.from_on) q = q.where('at', '>=', dayStart(f.from_on))
    if (f.to_on) q = q.where('at', '<', dayStart(f.to_on, 1))
    if (f.actor) q = q.where('actor_name', '=', f.actor)
    if (f.call) q = q.where('call', 'in', callsNamed(app(), f.call))
    if (f.outcome) q = q.where('outcome', '=', f.outcome)
    if (f.subject_id) q = q.where('subject_id', '=', f.subject_id)
    // Counting stops at 10,000: an audit of millions must not be counted for a page number.
    const { total } = await scope.db.selectFrom(q.select('audit_id').limit(10_000).as('x')).select((e) => e.fn.countAll<number>().as('total')).executeTakeFirstOrThrow()
    const rows = await q.select(['audit_id', 'at', 'actor_name', 'face', 'call', 'outcome', 'refusal', 'subject_type', 'subject_id', 'detail', 'ip']).orderBy('at', 'desc').orderBy('audit_id', 'desc').limit(f.page_size).offset((f.page - 1) * f.page_size).execute()
    return { rows: rows.map((r) => ({ ...r, outcome: r.outcome as 'done', subject_zh: r.subject_type ? (app().subjects.get(`${r.call.split('.')[0]}.${r.subject_type}`) ?? app().subjects.get(r.subject_type) ?? r.subject_type) : null, call_zh: app().answers.get(r.call)?.call.zh ?? app().doings.get(r.call) ?? r.call, refusal: r.refusal ? sentence(app().words.get(r.refusal) ?? r.refusal, (r.detail as { params?: Record<string, unknown> } | null)?.params ?? {}) : null })), total }
  })

const heads = (app: App) => join(app.data_dir, 'heads')

export function identityModule(app: () => App, o: { data_dir: string }): Module {
  return {
    name: 'identity',
    contract: identity,
    words,
    answers: [
      ...companyAnswers(app), ...signInAnswers(app), signOut, sessions, endSession, switchCompany, changePassword, ...residentPasswordAnswers, me(app),
      companyInfo, saveCompany, members, addMember, setMember, resetPassword, unlockMember, roles, removeRole, ...roleAnswers(app), audit(app),
      answer(identity.verifyAudit, async (scope) => {
        wholeCompany(scope)
        return verifyAudit(scope.db, scope.company_id, heads(app()))
      }),
    ],
    schedules: [sealSchedule(join(o.data_dir, 'heads')), forgetSchedule],
  }
}
