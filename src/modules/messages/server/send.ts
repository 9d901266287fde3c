// The job 'messages.send_sms' { phone, template, params }: the record first, then the provider, then the outcome. A job that runs again
// after a crash finds its record by job_id and asks the provider before it sends again: nobody is told twice.
import { sql } from 'kysely'
import type { App, JobKind, Work } from '../../../kernel/app.ts'
import { dayOf, nowIso } from '../../../kernel/clock.ts'
import { crashpoint } from '../../../kernel/crashpoint.ts'
import { inTransaction } from '../../../kernel/db.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { Refusal, assert } from '../../../kernel/refuse.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { sealText } from '../../../kernel/seal.ts'
import { asSystem } from '../../../kernel/worker.ts'
import type { Sent, Sms, SmsProvider } from './outside/provider.ts'
import { providerFor } from './providers.ts'
import { fillText, templateOf, textsOf } from './templates.ts'

const KEEP_DAYS = 7

/** Sign-in codes are asked for outside any company; their record belongs to the company that knows the phone. */
async function homeOf(app: App, company_id: number, phone: string): Promise<{ company_id: number; sign: string }> {
  return inTransaction(app.d, { company_id, readOnly: true }, async ({ db }) => {
    const r = company_id
      ? await sql<{ company_id: number; sign: string }>`select company_id, short_name as sign from identity.company where company_id = ${company_id}`.execute(db)
      : await sql<{ company_id: number; sign: string }>`select c.company_id, c.short_name as sign from identity.resident_phone r join identity.company c on c.company_id = r.company_id where r.phone = ${phone} order by c.company_id limit 1`.execute(db)
    return r.rows[0] ?? { company_id, sign: '和院' }
  })
}

interface Asked {
  phone: string
  template: string
  params: Record<string, unknown>
  message_id?: string
}

interface Kept {
  sms_id: string
  state: string
  created_at: string
  /** Kept by an earlier run of the job, which may have sent it. */
  again: boolean
}
async function record(scope: Scope, job_id: number, asked: Asked, body: string, secret: boolean, provider: SmsProvider | null): Promise<Kept> {
  const expires_at = new Date(Date.parse(scope.now) + KEEP_DAYS * 86_400_000).toISOString()
  const key = job_id || null
  const made = await sql<Omit<Kept, 'again'>>`insert into messages.sms (company_id, sms_id, job_id, message_id, phone, template, body, body_sealed, secret, provider, state, created_at, expires_at)
    values (${scope.company_id}, ${uuidv7()}, ${key}, ${asked.message_id ?? null}, ${asked.phone}, ${asked.template}, ${secret ? null : body}, ${secret ? sealText(body) : null}, ${secret}, ${provider?.name ?? null}, 'sending', ${scope.now}, ${expires_at})
    on conflict (company_id, job_id) where job_id is not null do nothing returning sms_id, state, created_at`.execute(scope.db)
  if (made.rows[0]) return { ...made.rows[0], again: false }
  return { ...(await scope.db.selectFrom('messages.sms').select(['sms_id', 'state', 'created_at']).where('company_id', '=', scope.company_id).where('job_id', '=', key).executeTakeFirstOrThrow()), again: true }
}

async function outcome(app: App, company_id: number, sms_id: string, o: { ref: string } | { failure: string }): Promise<void> {
  await inTransaction(app.d, { company_id }, ({ db }) =>
    db
      .updateTable('messages.sms')
      .set('ref' in o ? { state: 'sent', provider_ref: o.ref, sent_at: nowIso(), failure: null } : { state: 'failed', failure: o.failure })
      .where('company_id', '=', company_id)
      .where('sms_id', '=', sms_id)
      .execute(),
  )
}

/** A message that an earlier run may have sent is looked for at the provider first. */
async function sendOnce(provider: SmsProvider, kept: Kept, sms: Sms): Promise<Sent> {
  const known = kept.again ? await provider.find?.(sms, [...new Set([dayOf(kept.created_at), dayOf(nowIso())])]) : null
  return known ?? provider.send(sms)
}

export const sendJob = (app: () => App): JobKind => ({
  name: 'messages.send_sms',
  run: async (work: Work) => {
    const asked = work.payload as unknown as Asked
    assert(typeof asked.phone === 'string' && typeof asked.template === 'string', 'messages.send_sms payload')
    const home = await homeOf(app(), work.company_id, asked.phone)
    const provider = await inTransaction(app().d, { company_id: home.company_id, readOnly: true }, ({ db }) => providerFor(app(), db, home.company_id))
    const secret = templateOf(asked.template).secret === true
    const { sms, body } = await asSystem(app(), home.company_id, 'job.messages.send_sms', async (scope) => {
      const filled = fillText((await textsOf(scope, [asked.template])).get(asked.template)!.sms_text, { sign: home.sign, ...asked.params })
      return { sms: await record(scope, work.job_id, asked, filled, secret, provider), body: filled }
    })
    if (sms.state === 'sent') return { sms_id: sms.sms_id }
    if (!provider) {
      await outcome(app(), home.company_id, sms.sms_id, { failure: '未配置短信通道' })
      throw new Refusal('messages.no_provider')
    }
    crashpoint('sms.recorded')
    const sent = await sendOnce(provider, sms, { phone: asked.phone, sms_id: sms.sms_id, template: asked.template, params: asked.params, body })
    crashpoint('sms.told')
    if (sent.kind === 'ok') {
      await outcome(app(), home.company_id, sms.sms_id, { ref: sent.ref })
      return { sms_id: sms.sms_id }
    }
    await outcome(app(), home.company_id, sms.sms_id, { failure: sent.kind === 'failed' ? sent.detail : `未知:${sent.cause}` })
    if (sent.kind === 'failed') throw new Refusal('messages.provider_refused', { detail: sent.detail })
    throw new Error(`sms provider: ${sent.cause}`) // tried again by the worker
  },
})

/** Bodies are forgotten after their days; the record that something was sent stays. */
export const forget = async (scope: Scope): Promise<void> => {
  await sql`update messages.sms set body = null, body_sealed = null where company_id = ${scope.company_id} and expires_at < ${scope.now} and (body is not null or body_sealed is not null)`.execute(scope.db)
}
