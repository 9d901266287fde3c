// Binding a resident's WeChat: web authorization (snsapi_base) inside WeChat gives the openid; the state belongs to the account that began, lives ten
// minutes and works once, so that nobody can be led to bind somebody else's WeChat. One openid, one account of a company: partial unique indexes decide.
import { createHash, randomBytes } from 'node:crypto'
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { answer, type App } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { maskMobile } from '../../../kernel/mask.ts'
import { messages } from '../contract.ts'
import { wholeCompany } from './access.ts'
import { authorizeUrl } from './outside/wechat_mp.ts'
import { liveAccount, storedAccount, type WechatAccount } from './wechat_account.ts'
import { withToken } from './wechat_token.ts'

const STATE_MINUTES = 10
const STATES_MAX = 10
const hash = (state: string): string => createHash('sha256').update(state).digest('base64url')

/** The person's openid at this account, for paying inside WeChat. `appid`: of the merchant; an openid of another account is worth nothing there. */
export async function openidOf(scope: Scope, account_id: string, appid: string): Promise<string | null> {
  const { rows } = await sql<{ openid: string }>`select b.openid from messages.wechat_binding b join messages.wechat w on w.company_id = ${scope.company_id} and w.appid = b.appid and w.enabled_at is not null
    where b.company_id = ${scope.company_id} and b.appid = ${appid} and b.account_id = ${account_id} and b.unbound_at is null`.execute(scope.db)
  return rows[0]?.openid ?? null
}

interface Mine {
  binding_id: string
  openid: string
  bound_at: string
  follows: boolean | null
}
const mine = async (scope: Scope, a: Pick<WechatAccount, 'appid'>): Promise<Mine | undefined> =>
  (await sql<Mine>`select binding_id, openid, bound_at, follows from messages.wechat_binding where company_id = ${scope.company_id} and appid = ${a.appid} and account_id = ${scope.who.account_id} and unbound_at is null`.execute(scope.db)).rows[0]

async function begin(app: App, scope: Scope, origin: string): Promise<string> {
  const a = await liveAccount(app, scope)
  if (!a) throw scope.refuse('messages.wechat_off')
  if (await mine(scope, a)) throw scope.refuse('messages.wechat_bound')
  const since = new Date(Date.parse(scope.now) - STATE_MINUTES * 60_000).toISOString()
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from messages.wechat_state where company_id = ${scope.company_id} and account_id = ${scope.who.account_id} and created_at > ${since}`.execute(scope.db)
  if (rows[0]!.n >= STATES_MAX) throw scope.refuse('messages.wechat_often', { minutes: STATE_MINUTES })
  const state = randomBytes(24).toString('hex')
  const expires_at = new Date(Date.parse(scope.now) + STATE_MINUTES * 60_000).toISOString()
  await sql`insert into messages.wechat_state (company_id, state_hash, account_id, created_at, expires_at) values (${scope.company_id}, ${hash(state)}, ${scope.who.account_id}, ${scope.now}, ${expires_at})`.execute(scope.db)
  // The registered domain (网页授权域名) decides, not the browser; only the simulator goes where it is asked from.
  const base = a.web_origin ?? new URL(origin).origin
  scope.note('wechat_binding', scope.who.account_id!, { begin: true })
  return authorizeUrl(a.open_base, { appid: a.appid, redirect_uri: `${base}/resident/wechat`, state })
}

async function insertBinding(scope: Scope, a: WechatAccount, openid: string, follows: boolean | null): Promise<void> {
  const c = scope.company_id
  const other = await sql<{ phone: string }>`select phone from messages.wechat_binding where company_id = ${c} and appid = ${a.appid} and openid = ${openid} and unbound_at is null and account_id <> ${scope.who.account_id}`.execute(scope.db)
  if (other.rows[0]) throw scope.refuse('messages.wechat_taken', { tail: other.rows[0].phone.slice(-4) })
  const binding_id = uuidv7()
  const made = await sql`insert into messages.wechat_binding (company_id, binding_id, account_id, phone, appid, openid, follows, follows_at, bound_at)
    values (${c}, ${binding_id}, ${scope.who.account_id}, ${scope.who.phone}, ${a.appid}, ${openid}, ${follows}, ${follows === null ? null : scope.now}, ${scope.now}) on conflict do nothing returning binding_id`.execute(scope.db)
  // Two at once: the index let one through.
  if (made.rows.length === 0) throw scope.refuse('messages.wechat_bound')
  scope.note('wechat_binding', binding_id, { bound: true, openid: maskOpenid(openid) })
}
const maskOpenid = (openid: string): string => `${openid.slice(0, 4)}…${openid.slice(-4)}`

async function bind(app: App, scope: Scope, o: { code: string; state: string }): Promise<{ follows: boolean | null }> {
  const a = await liveAccount(app, scope)
  if (!a) throw scope.refuse('messages.wechat_off')
  const used = await sql`update messages.wechat_state set used_at = ${scope.now} where company_id = ${scope.company_id} and state_hash = ${hash(o.state)} and account_id = ${scope.who.account_id} and used_at is null and expires_at > ${scope.now} returning state_hash`.execute(scope.db)
  if (used.rows.length === 0) throw scope.refuse('messages.wechat_state_bad')
  const got = await a.mp.openidOf(o.code)
  if (got.kind === 'refused') throw scope.refuse('messages.wechat_refused', { detail: got.detail })
  if (got.kind === 'unknown') throw scope.refuse('messages.wechat_silent')
  if (got.snapshot) throw scope.refuse('messages.wechat_snapshot')
  const known = await mine(scope, a)
  if (known && known.openid !== got.openid) throw scope.refuse('messages.wechat_bound')
  if (known) return { follows: known.follows }
  // Whether he follows is told to him at once; not to know is no reason against binding.
  const asked = await withToken(app, a, (token) => a.mp.follows(token, got.openid))
  const follows = asked.kind === 'ok' ? asked.follows : null
  await insertBinding(scope, a, got.openid, follows)
  return { follows }
}

async function end(scope: Scope, where: RawBuilder<SqlBool>, reason: string | null): Promise<string> {
  const { rows } = await sql<{ binding_id: string }>`update messages.wechat_binding b set unbound_at = ${scope.now}, unbound_by_name = ${scope.who.name}, unbind_reason = ${reason} where b.company_id = ${scope.company_id} and ${where} and b.unbound_at is null returning b.binding_id`.execute(scope.db)
  if (!rows[0]) throw scope.refuse('messages.wechat_unbound')
  scope.note('wechat_binding', rows[0].binding_id, { unbound: true, ...(reason ? { reason } : {}) })
  return rows[0].binding_id
}

type Row = { binding_id: string; phone: string; openid: string; follows: boolean | null; bound_at: string; unbound_at: string | null; unbound_by_name: string | null; unbind_reason: string | null }
const list = answer(messages.wechatBindings, async (scope, f) => {
  wholeCompany(scope)
  const w: RawBuilder<SqlBool>[] = [sql<SqlBool>`b.company_id = ${scope.company_id}`]
  if (f.phone) w.push(sql<SqlBool>`b.phone = ${f.phone}`)
  if (f.live_only) w.push(sql<SqlBool>`b.unbound_at is null`)
  const all = sql.join(w, sql` and `)
  const { rows: count } = await sql<{ n: number }>`select count(*)::int as n from (select from messages.wechat_binding b where ${all} limit 10000) x`.execute(scope.db)
  const { rows } = await sql<Row>`select b.binding_id, b.phone, b.openid, b.follows, b.bound_at, b.unbound_at, b.unbound_by_name, b.unbind_reason from messages.wechat_binding b where ${all} order by b.bound_at desc, b.binding_id desc limit ${f.page_size} offset ${(f.page - 1) * f.page_size}`.execute(scope.db)
  const writes = scope.reach('messages.wechat.write').all
  return { rows: rows.map(({ phone, openid, ...r }) => ({ ...r, phone_masked: maskMobile(phone), openid_masked: maskOpenid(openid), can: { unbind: !writes ? 'kernel.forbidden' : r.unbound_at ? 'messages.wechat_unbound' : (true as const) } })), total: count[0]!.n }
})

export const wechatBindAnswers = (app: () => App) => [
  answer(messages.myWechat, async (scope) => {
    const a = await liveAccount(app(), scope)
    const m = a ? await mine(scope, a) : undefined
    return { offered: a !== null, name: a?.name ?? null, bound_at: m?.bound_at ?? null, follows: m?.follows ?? null }
  }),
  answer(messages.beginWechat, async (scope, { origin }) => ({ authorize_url: await begin(app(), scope, origin) })),
  answer(messages.bindWechat, async (scope, o) => bind(app(), scope, o)),
  answer(messages.unbindWechat, async (scope) => {
    const a = await storedAccount(app(), scope.db, scope.company_id)
    if (!a) throw scope.refuse('messages.wechat_unbound')
    await end(scope, sql<SqlBool>`b.appid = ${a.appid} and b.account_id = ${scope.who.account_id}`, null)
    return { done: true as const }
  }),
  list,
  answer(messages.unbindWechatOf, async (scope, { binding_id, reason }) => {
    wholeCompany(scope)
    return { binding_id: await end(scope, sql<SqlBool>`b.binding_id = ${binding_id}`, reason) }
  }),
]

/** States that nobody came back with. */
export const forgetStates = async (scope: Scope): Promise<void> => {
  await sql`delete from messages.wechat_state where company_id = ${scope.company_id} and expires_at < ${scope.now}::timestamptz - interval '1 day'`.execute(scope.db)
}
