// Which provider carries a company's SMS: its own where one is switched on, else the simulated one in the sample and in tests, else none.
import { sql } from 'kysely'
import { answer, type App } from '../../../kernel/app.ts'
import { nowMs } from '../../../kernel/clock.ts'
import type { Db } from '../../../kernel/db.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { openText, sealText } from '../../../kernel/seal.ts'
import { messages } from '../contract.ts'
import { wholeCompany } from './access.ts'
import { aliyun } from './outside/aliyun.ts'
import type { SmsProvider } from './outside/provider.ts'
import { simulated } from './outside/simulated.ts'
import { allTemplates } from './templates.ts'

const ENDPOINT = 'https://dysmsapi.aliyuncs.com'
interface Stored {
  sign_name: string
  access_key_id: string
  config_sealed: string
  template_codes: Record<string, string>
  enabled_at: string | null
  changed_by_name: string
  changed_at: string
}
const stored = async (db: Db, company_id: number): Promise<Stored | undefined> =>
  (await sql<Stored>`select sign_name, access_key_id, config_sealed, template_codes, enabled_at, changed_by_name, changed_at from messages.provider where company_id = ${company_id}`.execute(db)).rows[0]

export async function providerFor(app: App, db: Db, company_id: number): Promise<SmsProvider | null> {
  const own = await stored(db, company_id)
  if (own?.enabled_at) {
    const secret = JSON.parse(openText(own.config_sealed)) as { access_key_secret: string; endpoint: string }
    return aliyun({ ...secret, access_key_id: own.access_key_id, sign_name: own.sign_name, template_codes: own.template_codes }, { now: () => new Date(nowMs()) })
  }
  return app.mode === 'sample' || app.mode === 'test' ? simulated : null
}

/** A foreign address would carry the company's key and its residents' numbers: only the provider's own, or the simulator on this machine in the sample and in tests. */
function endpointOf(app: App, scope: Scope, endpoint: string | undefined): string {
  if (endpoint === undefined || endpoint === ENDPOINT) return ENDPOINT
  const loopback = /^http:\/\/127\.0\.0\.1:\d{2,5}$/.test(endpoint)
  if (loopback && app.mode !== 'empty') return endpoint
  throw scope.refuse('messages.wrong_endpoint')
}

const view = (own: Stored | undefined) =>
  own ? { sign_name: own.sign_name, access_key_id: own.access_key_id, template_codes: own.template_codes, enabled: own.enabled_at !== null, changed_by_name: own.changed_by_name, changed_at: own.changed_at } : null

async function saved(app: App, scope: Scope, o: { sign_name: string; access_key_id: string; access_key_secret?: string | undefined; template_codes: Record<string, string>; endpoint?: string | undefined }): Promise<void> {
  const before = await stored(scope.db, scope.company_id)
  if (!before && !o.access_key_secret) throw scope.refuse('messages.secret_needed')
  // A key kept for one address is never sent to another: with a new address the secret is typed again.
  const old = before ? (JSON.parse(openText(before.config_sealed)) as { access_key_secret: string; endpoint: string }) : null
  const endpoint = endpointOf(app, scope, o.endpoint ?? old?.endpoint)
  if (!o.access_key_secret && old && old.endpoint !== endpoint) throw scope.refuse('messages.secret_needed')
  const unknown = Object.keys(o.template_codes).find((t) => !allTemplates().some((x) => x.code === t))
  if (unknown) throw scope.notFound()
  const config_sealed = sealText(JSON.stringify({ access_key_secret: o.access_key_secret ?? old!.access_key_secret, endpoint }))
  const codes = JSON.stringify(o.template_codes)
  await sql`insert into messages.provider (company_id, kind, sign_name, access_key_id, config_sealed, template_codes, enabled_at, changed_by, changed_by_name, changed_at)
    values (${scope.company_id}, 'aliyun', ${o.sign_name}, ${o.access_key_id}, ${config_sealed}, ${codes}::jsonb, null, ${scope.who.account_id}, ${scope.who.name}, ${scope.now})
    on conflict (company_id) do update set sign_name = excluded.sign_name, access_key_id = excluded.access_key_id, config_sealed = excluded.config_sealed, template_codes = excluded.template_codes,
      changed_by = excluded.changed_by, changed_by_name = excluded.changed_by_name, changed_at = excluded.changed_at`.execute(scope.db)
  scope.note('sms_provider', 'aliyun', { sign_name: o.sign_name, template_codes: o.template_codes })
}

export const providerAnswers = (app: () => App) => [
  answer(messages.smsProvider, async (scope) => {
    wholeCompany(scope)
    return { provider: view(await stored(scope.db, scope.company_id)), templates: allTemplates().map((t) => ({ code: t.code, zh: t.zh, params: t.params.map((p) => ({ key: p.key, zh: p.zh })) })), simulated: app().mode !== 'empty' }
  }),
  answer(messages.saveSmsProvider, async (scope, o) => {
    wholeCompany(scope)
    await saved(app(), scope, o)
    return { done: true as const }
  }),
  answer(messages.setSmsProvider, async (scope, { enabled }) => {
    wholeCompany(scope)
    const own = await stored(scope.db, scope.company_id)
    if (!own) throw scope.notFound()
    // Without the sign-in code nobody gets in by phone: it is asked for before the switch, not found out at the door.
    if (enabled && !own.template_codes['sign_in_code']) throw scope.refuse('messages.sign_in_template_needed')
    await sql`update messages.provider set enabled_at = ${enabled ? scope.now : null}::timestamptz, changed_by = ${scope.who.account_id}, changed_by_name = ${scope.who.name}, changed_at = ${scope.now} where company_id = ${scope.company_id}`.execute(scope.db)
    scope.note('sms_provider', 'aliyun', { enabled })
    return { done: true as const }
  }),
  answer(messages.trySms, async (scope, { phone }) => {
    wholeCompany(scope)
    scope.later({ name: 'messages.send_sms', payload: { phone, template: 'sign_in_code', params: { code: '000000', minutes: 5 } }, attempts_max: 1 })
    return { done: true as const }
  }),
]
