import { sql } from 'kysely'
import { answer, type App } from '../../../kernel/app.ts'
import { nowMs } from '../../../kernel/clock.ts'
import { dayStart } from '../../../kernel/days.ts'
import { inTransaction } from '../../../kernel/db.ts'
import { openText } from '../../../kernel/seal.ts'
import { maskMobile } from '../../../kernel/mask.ts'
import { messages, type Delivery } from '../contract.ts'
import { wholeCompany } from './access.ts'
import { providerFor } from './providers.ts'
import { allTemplates } from './templates.ts'

const INBOX_COMPANIES = 5
const INBOX_ROWS = 20

export const deliveries = (app: () => App) =>
  answer(messages.deliveries, async (scope, f) => {
    wholeCompany(scope)
    let q = scope.db.selectFrom('messages.sms').where('company_id', '=', scope.company_id)
    if (f.state) q = q.where('state', '=', f.state)
    if (f.template) q = q.where('template', '=', f.template)
    if (f.phone) q = q.where('phone', '=', f.phone)
    if (f.from_on) q = q.where('created_at', '>=', dayStart(f.from_on))
    if (f.to_on) q = q.where('created_at', '<', dayStart(f.to_on, 1))
    const { total } = await scope.db.selectFrom(q.select('sms_id').limit(10_000).as('x')).select((e) => e.fn.countAll<number>().as('total')).executeTakeFirstOrThrow()
    const rows = await q.select(['sms_id', 'created_at', 'phone', 'template', 'body', 'provider', 'state', 'failure', 'sent_at']).orderBy('created_at', 'desc').orderBy('sms_id', 'desc').limit(f.page_size).offset((f.page - 1) * f.page_size).execute()
    const zh = new Map(allTemplates().map((t) => [t.code, t.zh]))
    return {
      rows: rows.map(({ phone, ...r }) => ({ ...r, phone_masked: maskMobile(phone), template_zh: zh.get(r.template) ?? r.template, state: r.state as Delivery['state'] })),
      total,
      provider: (await providerFor(app(), scope.db, scope.company_id))?.name ?? null,
      templates: [...zh].map(([code, name]) => ({ code, zh: name })),
    }
  })

const READY_COMPANIES = 20
const READY_MS = 60_000
/**
 * Asked by whoever is about to ask for a code: a new installation has no channel, and a code said to be on its way would never come. The
 * answer is kept for a minute, because anybody may ask; with more companies than can be looked at, one of them is taken to have a channel.
 */
export const smsReady = (app: () => App) => {
  let kept = { ready: false, until: 0 }
  return answer(messages.smsReady, async (scope) => {
    if (nowMs() < kept.until) return { ready: kept.ready }
    const { rows } = await sql<{ company_id: number }>`select company_id from identity.company where disabled_at is null order by company_id limit ${READY_COMPANIES + 1}`.execute(scope.db)
    const found = rows.length > READY_COMPANIES ? [true] : await Promise.all(rows.map(({ company_id }) => inTransaction(app().d, { company_id, readOnly: true, side: true }, async ({ db }) => (await providerFor(app(), db, company_id)) !== null)))
    kept = { ready: found.includes(true), until: nowMs() + READY_MS }
    return { ready: kept.ready }
  })
}

/** Nobody is signed in here, so there is no company: each company that knows the phone is asked by itself. */
export const sampleInbox = (app: () => App) =>
  answer(messages.sampleInbox, async (scope, { phone }) => {
    if (app().mode !== 'sample') throw scope.refuse('messages.sample_only')
    const known = await sql<{ company_id: number }>`select company_id from identity.resident_phone where phone = ${phone} order by company_id limit ${INBOX_COMPANIES}`.execute(scope.db)
    const boxes = known.rows.map(({ company_id }) =>
      inTransaction(app().d, { company_id, readOnly: true, side: true }, ({ db }) =>
        db.selectFrom('messages.sms').select(['created_at', 'body', 'body_sealed']).where('company_id', '=', company_id).where('phone', '=', phone).where('state', '=', 'sent').orderBy('created_at', 'desc').limit(INBOX_ROWS).execute(),
      ),
    )
    const rows = (await Promise.all(boxes)).flat().map((r) => ({ at: r.created_at, body: r.body ?? (r.body_sealed ? openText(r.body_sealed) : '(正文已按期清除)') }))
    return { rows: rows.sort((a, b) => b.at.localeCompare(a.at)).slice(0, INBOX_ROWS) }
  })
