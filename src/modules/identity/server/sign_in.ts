// Sign-in: staff by login name and password (argon2id), residents by phone and one-time code. Failures are counted, and an
// unknown name costs the same time as a wrong password.
import { hash as argon, verify as argonVerify } from '@node-rs/argon2'
import { createHash, randomInt } from 'node:crypto'
import { sql } from 'kysely'
import { answer, type App } from '../../../kernel/app.ts'
import { nowMs } from '../../../kernel/clock.ts'
import { inTransaction } from '../../../kernel/db.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { Refusal } from '../../../kernel/refuse.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { maskMobile } from '../../../kernel/mask.ts'
import { identity } from '../contract.ts'
import { openSession } from './sessions.ts'

const TRIES_MAX = 5
const LOCK_MINUTES = 15
const CODE_MINUTES = 5
const CODE_WAIT_S = 60
/** How long after signing in the old password is not asked for: who forgot it comes in by a code. */
const FRESH_MINUTES = 15
const COMMON = ['1234567890', 'password', 'qwertyuiop', '0987654321', 'woaini1314', '111111']

/** OWASP 2025 floor for argon2id: 19 MiB, 2 passes, 1 lane. At most two at once: hashing must not starve the other calls. */
const COST = { memoryCost: 19456, timeCost: 2, parallelism: 1 }
let hashing = 0
const waiting: (() => void)[] = []
async function gate<T>(run: () => Promise<T>): Promise<T> {
  if (waiting.length > 100) throw new Refusal('kernel.busy')
  if (hashing >= 2) await new Promise<void>((r) => waiting.push(r))
  hashing++
  try {
    return await run()
  } finally {
    hashing--
    waiting.shift()?.()
  }
}
export const hashPassword = (password: string): Promise<string> => gate(() => argon(password, COST))
let dummy: string | undefined
const samePassword = async (stored: string | null, given: string): Promise<boolean> => {
  dummy ??= await hashPassword('no such account')
  const target = stored ?? dummy
  return (await gate(() => argonVerify(target, given))) && stored !== null
}

const DIFFERENT_MIN = 5
/** The length is the contract's. `field`: where the form shows which rule was broken. */
export function refuseWeak(scope: Scope, login: string, password: string, field: string): void {
  const p = password.toLowerCase()
  const message =
    login !== '' && p.includes(login.toLowerCase()) ? '不能包含登录名或手机号'
    : COMMON.some((c) => p.includes(c)) ? '含有常见口令(如 1234567890、password),容易被猜到'
    : new Set(p).size < DIFFERENT_MIN ? `不同的字符太少,至少 ${DIFFERENT_MIN} 种`
    : null
  if (message) throw scope.refuse('identity.weak_password', { issues: [{ path: field, message }] })
}

/** Counting a failure must survive the refusal that rolls the call back, so it is a transaction of its own. */
async function countFailure(app: App, account_id: string): Promise<void> {
  await inTransaction(app.d, { company_id: 0, side: true }, ({ db }) =>
    sql`update identity.account set failed_count = case when failed_count + 1 >= ${TRIES_MAX} then 0 else failed_count + 1 end,
      locked_until = case when failed_count + 1 >= ${TRIES_MAX} then ${new Date(nowMs() + LOCK_MINUTES * 60_000).toISOString()}::timestamptz else locked_until end where account_id = ${account_id}`.execute(db),
  )
}

export const signInAnswers = (app: () => App) => [
  answer(identity.signIn, async (scope, { login, password }) => {
    const account = await scope.db.selectFrom('identity.account').selectAll().where('login', '=', login).executeTakeFirst()
    // Whose door it was tried at: the companies of the account see it in their audit, done or refused.
    if (account) scope.seenBy(...(await seatsOf(scope, account.account_id)))
    const locked = account?.locked_until && account.locked_until > scope.now
    const right = await samePassword(account?.password_hash ?? null, password)
    if (locked) throw scope.refuse('identity.locked', { minutes: Math.ceil((Date.parse(account.locked_until!) - nowMs()) / 60_000) })
    if (!account || !right || account.disabled_at) {
      if (account) await countFailure(app(), account.account_id)
      throw scope.refuse('identity.wrong_password')
    }
    const seat = await lastSeat(scope, account.account_id, 'staff')
    if (!seat) throw scope.refuse('identity.member_disabled')
    await scope.db.updateTable('identity.account').set({ failed_count: 0, locked_until: null }).where('account_id', '=', account.account_id).execute()
    scope.knownAs(account.account_id, account.name)
    scope.note('account', account.account_id, { company_id: seat })
    return { session: await openSession(scope, account.account_id, seat, 'staff') }
  }),

  answer(identity.askCode, async (scope, { phone }) => {
    const last = await scope.db.selectFrom('identity.code').select('created_at').where('phone', '=', phone).where('company_id', 'is', null).orderBy('created_at', 'desc').limit(1).executeTakeFirst()
    const wait_s = last ? CODE_WAIT_S - Math.floor((nowMs() - Date.parse(last.created_at)) / 1000) : 0
    if (wait_s > 0) throw scope.refuse('identity.code_too_often', { wait_s })
    const today = await scope.db.selectFrom('identity.code').select((e) => e.fn.countAll<number>().as('n')).where('phone', '=', phone).where('company_id', 'is', null).where('created_at', '>', new Date(nowMs() - 86_400_000).toISOString()).executeTakeFirstOrThrow()
    if (today.n >= 20) throw scope.refuse('identity.code_too_often', { wait_s: 3600 })
    const code = String(randomInt(0, 1_000_000)).padStart(6, '0')
    await scope.db.insertInto('identity.code').values({ code_id: uuidv7(), phone, code_hash: codeHash(phone, code), created_at: scope.now, expires_at: new Date(nowMs() + CODE_MINUTES * 60_000).toISOString(), used_at: null, ip: scope.who.ip, company_id: null, issued_by: null }).execute()
    // The same answer for an unknown phone; only a registered one is sent something.
    const known = await scope.db.selectFrom('identity.resident_phone').select('company_id').where('phone', '=', phone).limit(1).executeTakeFirst()
    if (known) scope.later({ name: 'messages.send_sms', payload: { phone, template: 'sign_in_code', params: { code, minutes: CODE_MINUTES } }, attempts_max: 2 })
    return { sent: true as const, wait_s: CODE_WAIT_S }
  }),

  answer(identity.signInByCode, async (scope, { phone, code }) => {
    const desk = code.length === DESK_DIGITS
    const row = await takeTry(app(), phone, scope.now, desk)
    const seen = await scope.db.selectFrom('identity.resident_phone').select('company_id').where('phone', '=', phone).limit(50).execute()
    const refuse = (code: string, params = {}) => (scope.seenBy(...seen.map((r) => r.company_id)), scope.refuse(code, params))
    if (!row) throw refuse(desk ? 'identity.desk_code_expired' : 'identity.code_expired')
    if (row.code_hash !== codeHash(phone, code)) throw refuse('identity.wrong_code', { left: TRIES_MAX - row.tries })
    const used = await scope.db.updateTable('identity.code').set({ used_at: scope.now }).where('code_id', '=', row.code_id).where('used_at', 'is', null).returning('code_id').executeTakeFirst()
    if (!used) throw refuse(desk ? 'identity.desk_code_expired' : 'identity.code_expired')
    const seat = await residentSeat(scope, phone)
    const company_id = row.company_id ?? seat.company_id
    if (!seat.companies.includes(company_id)) throw refuse('identity.no_seat')
    scope.knownAs(seat.account_id, seat.name)
    scope.note('account', seat.account_id, { company_id, by: desk ? 'desk_code' : 'sms_code' })
    return { session: await openSession(scope, seat.account_id, company_id, 'resident', desk) }
  }),

  answer(identity.signInByPassword, async (scope, { phone, password }) => {
    const account = await scope.db.selectFrom('identity.account').select(['account_id', 'name', 'locked_until', 'disabled_at']).where('phone', '=', phone).executeTakeFirst()
    const seats = account
      ? await scope.db.selectFrom('identity.seat').select(['company_id', 'password_hash']).where('account_id', '=', account.account_id).where('kind', '=', 'resident').where('password_hash', 'is not', null).orderBy('company_id').limit(PASSWORDS_MAX).execute()
      : []
    scope.seenBy(...seats.map((s) => s.company_id))
    // One comparison more than there are seats, so that an unknown phone costs time too.
    const right: number[] = []
    for (const s of seats.length > 0 ? seats : [{ company_id: 0, password_hash: null }]) if (await samePassword(s.password_hash, password)) right.push(s.company_id)
    if (account?.locked_until && account.locked_until > scope.now) throw scope.refuse('identity.locked', { minutes: Math.ceil((Date.parse(account.locked_until) - nowMs()) / 60_000) })
    const at = right[0]
    if (!account || account.disabled_at || at === undefined) {
      if (account) await countFailure(app(), account.account_id)
      throw scope.refuse('identity.wrong_phone_password')
    }
    const { companies } = await residentSeat(scope, phone)
    if (!companies.includes(at)) throw scope.refuse('identity.no_seat')
    await scope.db.updateTable('identity.account').set({ failed_count: 0, locked_until: null }).where('account_id', '=', account.account_id).execute()
    scope.knownAs(account.account_id, account.name)
    scope.note('account', account.account_id, { company_id: at, by: 'password' })
    return { session: await openSession(scope, account.account_id, at, 'resident', true) }
  }),
]

/** A phone registered with more companies than this chooses its company by a code. */
const PASSWORDS_MAX = 5
const DESK_DIGITS = 8

/**
 * A sign-in code that staff hand to a resident whose identity they have seen (no SMS, a foreign number, a phone without reception): eight
 * digits, once, `days` long. A new one replaces the older ones of this company. Whose phone it is, is for the caller (people) to know.
 */
export async function issueDeskCode(scope: Scope, phone: string, days: number): Promise<{ code: string; expires_at: string }> {
  const code = String(randomInt(0, 10 ** DESK_DIGITS)).padStart(DESK_DIGITS, '0')
  const expires_at = new Date(nowMs() + days * 86_400_000).toISOString()
  await scope.db.updateTable('identity.code').set({ expires_at: scope.now }).where('phone', '=', phone).where('company_id', '=', scope.company_id).where('used_at', 'is', null).where('expires_at', '>', scope.now).execute()
  await scope.db.insertInto('identity.code').values({ code_id: uuidv7(), phone, code_hash: codeHash(phone, code), created_at: scope.now, expires_at, used_at: null, ip: scope.who.ip, company_id: scope.company_id, issued_by: scope.who.account_id }).execute()
  return { code, expires_at }
}

const mySession = (scope: Scope) => scope.db.selectFrom('identity.session').select('created_at').where('token_hash', '=', scope.who.session ?? '').executeTakeFirstOrThrow()
const mySeat = (scope: Scope) => scope.db.selectFrom('identity.seat').select('password_hash').where('account_id', '=', scope.who.account_id).where('company_id', '=', scope.company_id).where('kind', '=', 'resident')
const isFresh = (created_at: string): boolean => nowMs() - Date.parse(created_at) < FRESH_MINUTES * 60_000

/** The password of a resident belongs to the seat: it opens one company only. */
export const residentPasswordAnswers = [
  answer(identity.myPassword, async (scope) => {
    const [seat, session] = await Promise.all([mySeat(scope).executeTakeFirstOrThrow(), mySession(scope)])
    return { set: seat.password_hash !== null, fresh: isFresh(session.created_at), fresh_minutes: FRESH_MINUTES }
  }),
  answer(identity.setMyPassword, async (scope, { old_password, new_password }) => {
    const account_id = scope.who.account_id!
    const { password_hash } = await mySeat(scope).forUpdate().executeTakeFirstOrThrow()
    const asked = password_hash && !isFresh((await mySession(scope)).created_at) ? password_hash : null
    if (asked && !(await samePassword(asked, old_password ?? ''))) throw scope.refuse('identity.wrong_password', { issues: [{ path: 'old_password', message: '当前口令不正确;忘记时,请退出后用验证码或登录码登录,再设置新口令' }] })
    refuseWeak(scope, scope.who.phone ?? '', new_password, 'new_password')
    await scope.db.updateTable('identity.seat').set({ password_hash: await hashPassword(new_password) }).where('account_id', '=', account_id).where('company_id', '=', scope.company_id).where('kind', '=', 'resident').execute()
    // Other devices here must sign in again.
    await scope.db.updateTable('identity.session').set({ ended_at: scope.now }).where('account_id', '=', account_id).where('company_id', '=', scope.company_id).where('kind', '=', 'resident').where('token_hash', '!=', scope.who.session ?? '').where('ended_at', 'is', null).execute()
    scope.note('account', account_id)
    return { done: true as const }
  }),
]

const codeHash = (phone: string, code: string): string => createHash('sha256').update(`${phone}:${code}`).digest('base64url')
/** Takes one of the five tries of the newest code, in a transaction of its own, before it is compared: a hundred guesses sent at once get five. */
interface Tried {
  code_id: string
  code_hash: string
  tries: number
  company_id: number | null
}
async function takeTry(app: App, phone: string, now: string, desk: boolean): Promise<Tried | undefined> {
  return inTransaction(app.d, { company_id: 0, side: true }, async ({ db }) => {
    const r = await sql<Tried>`update identity.code set tries = tries + 1
      where code_id = (select code_id from identity.code where phone = ${phone} and (company_id is not null) = ${desk} order by created_at desc limit 1)
        and used_at is null and expires_at > ${now} and tries < ${TRIES_MAX} returning code_id, code_hash, tries, company_id`.execute(db)
    return r.rows[0]
  })
}

async function seatsOf(scope: Scope, account_id: string): Promise<number[]> {
  return (await scope.db.selectFrom('identity.seat').select('company_id').where('account_id', '=', account_id).where('kind', '=', 'staff').orderBy('company_id').limit(50).execute()).map((r) => r.company_id)
}

async function lastSeat(scope: Scope, account_id: string, kind: 'staff' | 'resident'): Promise<number | undefined> {
  const r = await sql<{ company_id: number }>`select t.company_id from identity.seat t join identity.company c on c.company_id = t.company_id and c.disabled_at is null
    left join lateral (select max(created_at) as at from identity.session s where s.account_id = t.account_id and s.company_id = t.company_id and s.kind = t.kind) l on true
    where t.account_id = ${account_id} and t.kind = ${kind} order by l.at desc nulls last, t.company_id limit 1`.execute(scope.db)
  return r.rows[0]?.company_id
}

/** A registered phone gets an account and seats at the first sign-in; seats follow the register, so a removed phone loses them. */
async function residentSeat(scope: Scope, phone: string): Promise<{ account_id: string; company_id: number; name: string; companies: number[] }> {
  const companies = (await scope.db.selectFrom('identity.resident_phone').select('company_id').where('phone', '=', phone).orderBy('company_id').limit(50).execute()).map((r) => r.company_id)
  if (!companies[0]) throw scope.refuse('identity.no_seat')
  await scope.db.insertInto('identity.account').values({ account_id: uuidv7(), login: null, phone, name: maskMobile(phone), password_hash: null, locked_until: null, disabled_at: null, created_at: scope.now }).onConflict((c) => c.column('phone').doNothing()).execute()
  const { account_id, name, disabled_at } = await scope.db.selectFrom('identity.account').select(['account_id', 'name', 'disabled_at']).where('phone', '=', phone).executeTakeFirstOrThrow()
  if (disabled_at) throw scope.refuse('identity.no_seat')
  await scope.db.deleteFrom('identity.seat').where('account_id', '=', account_id).where('kind', '=', 'resident').where('company_id', 'not in', companies).execute()
  await scope.db.insertInto('identity.seat').values(companies.map((company_id) => ({ account_id, company_id, kind: 'resident', created_at: scope.now }))).onConflict((c) => c.doNothing()).execute()
  return { account_id, name, companies, company_id: (await lastSeat(scope, account_id, 'resident')) ?? companies[0] }
}

export const changePassword = answer(identity.changePassword, async (scope, { old_password, new_password }) => {
  const account = await scope.db.selectFrom('identity.account').selectAll().where('account_id', '=', scope.who.account_id).executeTakeFirstOrThrow()
  if (!(await samePassword(account.password_hash, old_password))) throw scope.refuse('identity.wrong_password', { issues: [{ path: 'old_password', message: '当前口令不正确' }] })
  refuseWeak(scope, account.login ?? '', new_password, 'new_password')
  await scope.db.updateTable('identity.account').set({ password_hash: await hashPassword(new_password), must_change: false }).where('account_id', '=', account.account_id).execute()
  // Other devices of this account must sign in again.
  await scope.db.updateTable('identity.session').set({ ended_at: scope.now }).where('account_id', '=', account.account_id).where('token_hash', '!=', scope.who.session ?? '').where('ended_at', 'is', null).execute()
  scope.note('account', account.account_id)
  return { done: true as const }
})
