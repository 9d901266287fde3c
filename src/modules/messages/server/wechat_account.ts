// The company's official account: secrets sealed, templates by day, the switch. Real addresses are WeChat's alone; the simulator's only on this machine.
import { sql } from 'kysely'
import { answer, type App } from '../../../kernel/app.ts'
import type { Db } from '../../../kernel/db.ts'
import { Refusal } from '../../../kernel/refuse.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { openText, sealText } from '../../../kernel/seal.ts'
import { messages } from '../contract.ts'
import { wholeCompany } from './access.ts'
import { wechatMp, type Mp } from './outside/wechat_mp.ts'
import { checkFields, allTemplates, templateOf } from './templates.ts'
import { tokenOf } from './wechat_token.ts'

const API = 'https://api.weixin.qq.com'
const OPEN = 'https://open.weixin.qq.com'
/** A template of the account holds no more. */
const FIELDS_MAX = 10
const LOOPBACK = /^http:\/\/127\.0\.0\.1:\d{2,5}$/

interface Secrets {
  app_secret: string
  push_token: string
  aes_key: string | null
  api_base: string
}
interface Stored {
  appid: string
  name: string
  config_sealed: string
  push_mode: 'plain' | 'aes'
  web_origin: string | null
  enabled_at: string | null
  changed_by_name: string
  changed_at: string
}
export interface WechatAccount extends Omit<Stored, 'config_sealed'>, Secrets {
  company_id: number
  simulated: boolean
  open_base: string
  mp: Mp
}

export async function storedAccount(app: App, db: Db, company_id: number): Promise<WechatAccount | null> {
  const r = await sql<Stored>`select appid, name, config_sealed, push_mode, web_origin, enabled_at, changed_by_name, changed_at from messages.wechat where company_id = ${company_id}`.execute(db)
  const row = r.rows[0]
  if (!row) return null
  const { config_sealed, ...shown } = row
  const kept = JSON.parse(openText(config_sealed)) as Secrets
  const simulated = kept.api_base !== API
  // The simulator stands where this start put it, as the payment channels' do.
  const port = simulated ? process.env['HEYUAN_SIM_WECHAT_PORT'] : undefined
  const secrets = port ? { ...kept, api_base: `http://127.0.0.1:${port}` } : kept
  // A restored copy of a sample must not talk to a simulator that is somebody else's port.
  const enabled_at = simulated && app.mode === 'empty' ? null : row.enabled_at
  return { ...shown, ...secrets, enabled_at, company_id, simulated, open_base: simulated ? secrets.api_base : OPEN, mp: wechatMp({ appid: row.appid, ...secrets }) }
}
export async function liveAccount(app: App, scope: Pick<Scope, 'db' | 'company_id'>): Promise<WechatAccount | null> {
  const a = await storedAccount(app, scope.db, scope.company_id)
  return a?.enabled_at ? a : null
}
/** For other modules: whether the channel is there at all. */
export async function wechatOn(scope: Scope): Promise<boolean> {
  return (await sql`select from messages.wechat where company_id = ${scope.company_id} and enabled_at is not null`.execute(scope.db)).rows.length > 0
}

function apiBaseOf(app: App, scope: Scope, asked: string | undefined): string {
  if (asked === undefined || asked === API) return API
  if (LOOPBACK.test(asked) && app.mode !== 'empty') return asked
  throw scope.refuse('messages.wrong_endpoint')
}
function originOf(scope: Scope, web_origin: string | null, simulated: boolean): string | null {
  if (web_origin === null) {
    if (simulated) return null
    throw scope.refuse('messages.wechat_origin_bad')
  }
  const url = new URL(web_origin)
  if (url.origin !== web_origin.replace(/\/$/, '') || (url.protocol !== 'https:' && !simulated)) throw scope.refuse('messages.wechat_origin_bad')
  return url.origin
}

interface Asked {
  name: string
  appid: string
  app_secret?: string | undefined
  push_token?: string | undefined
  push_mode: 'plain' | 'aes'
  aes_key?: string | undefined
  web_origin: string | null
  api_base?: string | undefined
}
async function save(app: App, scope: Scope, o: Asked): Promise<void> {
  const before = await storedAccount(app, scope.db, scope.company_id)
  const api_base = apiBaseOf(app, scope, o.api_base ?? before?.api_base)
  // A secret kept for one account and one address never goes to another.
  const same = before?.api_base === api_base && before.appid === o.appid
  if (before?.enabled_at && before.appid !== o.appid) throw scope.refuse('messages.wechat_enabled', { name: before.name })
  const app_secret = o.app_secret ?? (same ? before.app_secret : undefined)
  if (!app_secret) throw scope.refuse('messages.secret_needed')
  const push_token = o.push_token ?? (same ? before.push_token : undefined)
  if (!push_token) throw scope.refuse('messages.wechat_token_needed')
  const aes_key = o.aes_key ?? (same ? before.aes_key : null)
  if (o.push_mode === 'aes' && !aes_key) throw scope.refuse('messages.wechat_aes_needed')
  const web_origin = originOf(scope, o.web_origin, api_base !== API)
  const config_sealed = sealText(JSON.stringify({ app_secret, push_token, aes_key, api_base } satisfies Secrets))
  await sql`insert into messages.wechat (company_id, appid, name, config_sealed, push_mode, web_origin, enabled_at, changed_by, changed_by_name, changed_at)
    values (${scope.company_id}, ${o.appid}, ${o.name}, ${config_sealed}, ${o.push_mode}, ${web_origin}, null, ${scope.who.account_id}, ${scope.who.name}, ${scope.now})
    on conflict (company_id) do update set appid = excluded.appid, name = excluded.name, config_sealed = excluded.config_sealed, push_mode = excluded.push_mode, web_origin = excluded.web_origin,
      changed_by = excluded.changed_by, changed_by_name = excluded.changed_by_name, changed_at = excluded.changed_at`.execute(scope.db)
  if (o.app_secret) await sql`update messages.wechat_token set token_sealed = null, expires_at = null where company_id = ${scope.company_id}`.execute(scope.db)
  scope.note('wechat', o.appid, { name: o.name, push_mode: o.push_mode, web_origin, secret_changed: o.app_secret !== undefined })
}

export interface Mapping {
  template: string
  from_on: string
  template_id: string | null
  fields: Record<string, string>
  created_by_name: string
}
/** What is in force on the day, by template; a mapping without number means: not sent. */
export async function mappingsOf(scope: Pick<Scope, 'db' | 'company_id' | 'today'>, codes: readonly string[]): Promise<Map<string, Mapping & { template_id: string }>> {
  const { rows } = await sql<Mapping>`select distinct on (template) template, from_on, template_id, fields, created_by_name from messages.wechat_template
    where company_id = ${scope.company_id} and template = any(${[...new Set(codes)]}::text[]) and from_on <= ${scope.today}::date order by template, from_on desc`.execute(scope.db)
  return new Map(rows.flatMap((r) => (r.template_id ? [[r.template, { ...r, template_id: r.template_id }] as const] : [])))
}

async function view(app: App, scope: Scope) {
  const c = scope.company_id
  const a = await storedAccount(app, scope.db, c)
  const token = a ? (await sql<{ expires_at: string | null; quota_until: string | null }>`select expires_at, quota_until from messages.wechat_token where company_id = ${c} and appid = ${a.appid}`.execute(scope.db)).rows[0] : undefined
  const bound = a ? (await sql<{ n: number }>`select count(*)::int as n from messages.wechat_binding where company_id = ${c} and appid = ${a.appid} and unbound_at is null`.execute(scope.db)).rows[0]!.n : 0
  const { rows } = await sql<Mapping>`select template, from_on, template_id, fields, created_by_name from messages.wechat_template where company_id = ${c} order by template, from_on desc limit 500`.execute(scope.db)
  const by = Map.groupBy(rows, (r) => r.template)
  return {
    account: a ? { name: a.name, appid: a.appid, push_mode: a.push_mode, web_origin: a.web_origin, simulated: a.simulated, enabled: a.enabled_at !== null, changed_by_name: a.changed_by_name, changed_at: a.changed_at } : null,
    push_path: `/wechat/push/${c}`, token: token ?? null, bound_count: bound,
    templates: allTemplates().filter((t) => !t.secret).map((t) => {
      const versions = by.get(t.code) ?? []
      const now_on = versions.find((v) => v.from_on <= scope.today)?.from_on
      return { code: t.code, zh: t.zh, params: t.params.map((p) => ({ key: p.key, zh: p.zh })), versions: versions.slice(0, 20).map(({ template: _, ...v }) => ({ ...v, now: v.from_on === now_on })) }
    }),
  }
}

async function saveTemplate(scope: Scope, o: { template: string; from_on: string; template_id: string | null; fields: Record<string, string> }): Promise<void> {
  const t = allTemplates().find((x) => x.code === o.template)
  if (!t || t.secret) throw scope.notFound()
  if (o.from_on < scope.today) throw scope.refuse('messages.from_past', { today: scope.today })
  const names = Object.keys(o.fields)
  if (o.template_id && names.length === 0) throw scope.refuse('messages.wechat_fields_none')
  if (names.length > FIELDS_MAX) throw scope.refuse('messages.wechat_fields_many', { max: FIELDS_MAX })
  checkFields(templateOf(o.template), o.fields)
  await sql`insert into messages.wechat_template (company_id, template, from_on, template_id, fields, created_by, created_by_name, created_at)
    values (${scope.company_id}, ${o.template}, ${o.from_on}, ${o.template_id}, ${JSON.stringify(o.fields)}::jsonb, ${scope.who.account_id}, ${scope.who.name}, ${scope.now})
    on conflict (company_id, template, from_on) do update set template_id = excluded.template_id, fields = excluded.fields, created_by = excluded.created_by, created_by_name = excluded.created_by_name, created_at = excluded.created_at`.execute(scope.db)
  scope.note('wechat_template', o.template, { from_on: o.from_on, template_id: o.template_id, fields: o.fields })
}

export const wechatAccountAnswers = (app: () => App) => [
  answer(messages.wechatAccount, async (scope) => {
    wholeCompany(scope)
    return view(app(), scope)
  }),
  answer(messages.saveWechat, async (scope, o) => {
    wholeCompany(scope)
    await save(app(), scope, o)
    return { done: true as const }
  }),
  answer(messages.setWechat, async (scope, { enabled }) => {
    wholeCompany(scope)
    const a = await storedAccount(app(), scope.db, scope.company_id)
    if (!a) throw scope.notFound()
    if (enabled) {
      apiBaseOf(app(), scope, a.api_base)
      originOf(scope, a.web_origin, a.simulated)
    }
    await sql`update messages.wechat set enabled_at = ${enabled ? scope.now : null}::timestamptz, changed_by = ${scope.who.account_id}, changed_by_name = ${scope.who.name}, changed_at = ${scope.now} where company_id = ${scope.company_id}`.execute(scope.db)
    scope.note('wechat', a.appid, { enabled })
    return { done: true as const }
  }),
  answer(messages.checkWechat, async (scope) => {
    wholeCompany(scope)
    const a = await storedAccount(app(), scope.db, scope.company_id)
    if (!a) throw scope.notFound()
    const t = await tokenOf(app(), a)
    if (t.kind === 'refused') throw new Refusal('messages.wechat_refused', { detail: t.detail })
    if (t.kind === 'unknown') throw new Refusal('messages.wechat_silent')
    scope.note('wechat', a.appid, { checked: true })
    return { expires_at: t.expires_at }
  }),
  answer(messages.saveWechatTemplate, async (scope, o) => {
    wholeCompany(scope)
    await saveTemplate(scope, o)
    return { from_on: o.from_on }
  }),
]
