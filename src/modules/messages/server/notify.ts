// What other modules call: `notify(scope, notices)` in the transaction of the change. The message in the app is there at once; the SMS is a job
// of the same transaction. Set-based: two statements for any number of notices.
import { sql } from 'kysely'
import { uuidv7 } from '../../../kernel/ids.ts'
import { assert } from '../../../kernel/refuse.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { afterQuiet, type Quiet } from './rules/quiet.ts'
import { fillText, templateOf, textsOf } from './templates.ts'
import { pushReach, type PushAsk } from './push_send.ts'
import { wechatReach, type WechatAsk } from './wechat_send.ts'

export interface Notice {
  /** A resident by phone, or a member of staff by account. */
  to: { phone: string } | { account_id: string }
  template: string
  params: Readonly<Record<string, string | number>>
  /** Besides the app. Left out where the resident does not want SMS of this category. */
  sms?: boolean
  /** Left out: by WeChat too where the company has a WeChat template for it and the person has bound his WeChat. */
  wechat?: boolean
  /** What the reader chose himself for this matter: these and no others besides the app, whatever he has set for the category. */
  chosen?: readonly ('sms' | 'wechat')[] | undefined
  /** Address inside the reader's face. */
  link?: string
  house_id?: string | null
  /** The same thing is told once: a second notice with this key is dropped. */
  dedupe_key?: string
  /** Goes out in quiet hours too: alarms, people waiting at the door. */
  urgent?: boolean
}
const NOTICES_MAX = 5000

/** In force today, or none. */
export async function quietOf(scope: Scope): Promise<Quiet | null> {
  const { rows } = await sql<Quiet>`select quiet_from, quiet_to from messages.quiet where company_id = ${scope.company_id} and from_on <= ${scope.today}::date order by from_on desc limit 1`.execute(scope.db)
  return rows[0] ?? null
}
/** When something not urgent may be sent. */
export const mayDisturbAt = async (scope: Scope): Promise<string> => afterQuiet(scope.now, await quietOf(scope))

/** Gives the message of each notice in order; null where the same thing was told before. */
export async function notify(scope: Scope, notices: readonly Notice[]): Promise<(string | null)[]> {
  assert(notices.length <= NOTICES_MAX, 'notices in one call')
  if (notices.length === 0) return []
  const texts = await textsOf(scope, notices.map((n) => n.template))
  const sign = (await sql<{ sign: string }>`select short_name as sign from identity.company where company_id = ${scope.company_id}`.execute(scope.db)).rows[0]!.sign
  const rows = notices.map((n) => {
    const t = texts.get(n.template)!
    const params = { sign, ...n.params }
    return {
      message_id: uuidv7(), phone: 'phone' in n.to ? n.to.phone : null, account_id: 'account_id' in n.to ? n.to.account_id : null, template: n.template, category: templateOf(n.template).category,
      title: fillText(t.title, params).slice(0, 80), body: fillText(t.app_text, params), link: n.link ?? null, house_id: n.house_id ?? null, dedupe_key: n.dedupe_key ?? null,
    }
  })
  const made = await sql<{ message_id: string }>`insert into messages.message (company_id, message_id, phone, account_id, template, category, title, body, link, house_id, dedupe_key, created_at)
    select ${scope.company_id}, x.message_id, x.phone, x.account_id, x.template, x.category, x.title, x.body, x.link, x.house_id, x.dedupe_key, ${scope.now}
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as x(message_id uuid, phone text, account_id uuid, template text, category text, title text, body text, link text, house_id uuid, dedupe_key text)
    on conflict (company_id, dedupe_key) where dedupe_key is not null do nothing returning message_id`.execute(scope.db)
  const fresh = new Set(made.rows.map((r) => r.message_id))
  await queueSms(scope, notices.flatMap((n, i) => ((n.chosen ? n.chosen.includes('sms') : n.sms) && 'phone' in n.to && fresh.has(rows[i]!.message_id) ? [{ notice: n, phone: n.to.phone, message_id: rows[i]!.message_id, category: rows[i]!.category }] : [])))
  await queueWechat(scope, notices.flatMap((n, i) => ((n.chosen ? n.chosen.includes('wechat') : n.wechat !== false) && 'phone' in n.to && fresh.has(rows[i]!.message_id) ? [{ notice: n, phone: n.to.phone, message_id: rows[i]!.message_id, category: rows[i]!.category }] : [])))
  await queuePush(scope, rows.flatMap((r, i) => (fresh.has(r.message_id) ? [{ ...r, urgent: notices[i]!.urgent === true }] : [])))
  return rows.map((r) => (fresh.has(r.message_id) ? r.message_id : null))
}

/** Of each phone the categories that its owner does not want this way. */
async function offOf(scope: Scope, phones: readonly string[]): Promise<Map<string, { sms_off: string[]; wechat_off: string[] }>> {
  const { rows } = await sql<{ phone: string; sms_off: string[]; wechat_off: string[] }>`select phone, sms_off, wechat_off from messages.preference where company_id = ${scope.company_id} and phone = any(${[...new Set(phones)]}::text[])`.execute(scope.db)
  return new Map(rows.map((r) => [r.phone, r]))
}

async function queueWechat(scope: Scope, list: { notice: Notice; phone: string; message_id: string; category: string }[]): Promise<void> {
  const reach = await wechatReach(scope, list.map((x) => ({ template: x.notice.template, phone: x.phone })))
  if (reach.size === 0) return
  const off = await offOf(scope, list.map((x) => x.phone))
  const later = await mayDisturbAt(scope)
  for (const x of list) {
    if (!reach.has(`${x.notice.template} ${x.phone}`) || (!x.notice.chosen && off.get(x.phone)?.wechat_off.includes(x.category))) continue
    scope.later({ name: 'messages.send_wechat', payload: { phone: x.phone, template: x.notice.template, params: x.notice.params, link: x.notice.link ?? null, message_id: x.message_id } satisfies WechatAsk, run_at: x.notice.urgent ? scope.now : later })
  }
}

async function queuePush(scope: Scope, list: readonly { message_id: string; phone: string | null; account_id: string | null; urgent: boolean }[]): Promise<void> {
  const reach = await pushReach(scope, list)
  if (reach.length === 0) return
  const later = await mayDisturbAt(scope)
  for (const { at, device_id } of reach) scope.later({ name: 'messages.push', payload: { device_id, message_id: list[at]!.message_id } satisfies PushAsk, run_at: list[at]!.urgent ? scope.now : later })
}

/** The SMS of messages that are already in the app: what another channel could not deliver. */
export async function smsOf(scope: Scope, list: readonly { notice: Notice; phone: string; message_id: string }[]): Promise<void> {
  await queueSms(scope, list.map((x) => ({ ...x, category: templateOf(x.notice.template).category })))
}

async function queueSms(scope: Scope, list: { notice: Notice; phone: string; message_id: string; category: string }[]): Promise<void> {
  if (list.length === 0) return
  const off = await offOf(scope, list.map((x) => x.phone))
  const later = await mayDisturbAt(scope)
  for (const x of list) {
    if (!x.notice.chosen && off.get(x.phone)?.sms_off.includes(x.category)) continue
    scope.later({ name: 'messages.send_sms', payload: { phone: x.phone, template: x.notice.template, params: x.notice.params, message_id: x.message_id }, run_at: x.notice.urgent ? scope.now : later })
  }
}
