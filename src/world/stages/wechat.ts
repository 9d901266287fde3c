// The sample's official account: on through the simulator, with templates for reminders, and a few residents who have bound their WeChat by the public calls.
import { sql } from 'kysely'
import { messages } from '../../modules/messages/contract.ts'
import { identity } from '../../modules/identity/contract.ts'
import { nowIso } from '../../kernel/clock.ts'
import { Refusal } from '../../kernel/refuse.ts'
import { serve } from '../../kernel/serve.ts'
import { at, inside, type Person } from '../caller.ts'
import { mpAccount, setPushUrl } from '../outside/mp_sim/index.ts'
import { must, type Town } from '../town.ts'

const PORT = 8090
/** As they stand in the account's own list of templates; the numbers are the simulation's. */
const TEMPLATES: Record<string, { template_id: string; fields: Record<string, string> }> = {
  reminder_issued: { template_id: 'yJd0m3Qe1Yw0u8HeyuanSimTemplateOfNewBills01', fields: { thing1: '{community} {house}', time2: '{period}', amount3: '{amount}元' } },
  reminder_before_due: { template_id: 'yJd0m3Qe1Yw0u8HeyuanSimTemplateOfDueSoon02', fields: { thing1: '{community} {house}', time2: '{period}', amount3: '{amount}元' } },
  reminder_overdue: { template_id: 'yJd0m3Qe1Yw0u8HeyuanSimTemplateOfOverdue03', fields: { thing1: '{community} {house}', time2: '{period}', amount3: '{amount}元', phone_number4: '{phone}' } },
  order_progress: { template_id: 'yJd0m3Qe1Yw0u8HeyuanSimTemplateOfProgress4', fields: { thing1: '{category}', thing2: '{place}', thing3: '{what}', character_string4: '{no}' } },
}

export const openWechat = (t: Town, o: { sim_port?: number }): Promise<void> => at(t.calendar.until, () => open(t, o))

async function open(t: Town, o: { sim_port?: number }): Promise<void> {
  const admin = must(t, t.company.admin_login)
  const api_base = `http://127.0.0.1:${o.sim_port ?? PORT}`
  const { push_mode, ...secrets } = mpAccount(t.app.data_dir, new Date(nowIso()))
  setPushUrl(t.app.data_dir, `http://127.0.0.1:${process.env['HEYUAN_PORT'] ?? '8080'}/wechat/push/${t.company_id}`)
  await t.road.call(admin, ['wechat account', api_base], messages.saveWechat, { name: '安居物业服务', ...secrets, push_mode, web_origin: null, api_base })
  await t.road.call(admin, ['wechat on'], messages.setWechat, { enabled: true })
  for (const [template, m] of Object.entries(TEMPLATES)) await t.road.call(admin, ['wechat template', template], messages.saveWechatTemplate, { template, from_on: t.calendar.today, ...m })
}

const nobody: Person = { company_id: 0, who: { kind: 'anonymous', account_id: null, name: '未登录', phone: null, face: 'resident', ip: null, agent: '样例装载', session: null, grants: [] } }

/** By the code that was sent to the phone, as on any phone. */
export async function signIn(t: Town, phone: string): Promise<Person | null> {
  const run = async (call: { name: string }, as: Person, input: object): Promise<unknown> => serve(t.app, t.app.answers.get(call.name)!, { ...as, input })
  await run(identity.askCode, nobody, { phone })
  const sent = await t.app.d.pool.query<{ code: string }>(`select payload->'params'->>'code' as code from kernel.job where name = 'messages.send_sms' and payload->>'phone' = $1 order by job_id desc limit 1`, [phone])
  const { session } = (await run(identity.signInByCode, nobody, { phone, code: sent.rows[0]?.code ?? '' })) as { session: { token: string } }
  return t.app.whoIs(session.token, { ip: null, agent: '样例装载', face: 'resident' })
}

/** What this person's WeChat answers to the authorization. null: the simulator does not run. */
async function codeFor(authorize_url: string, openid: string): Promise<string | null> {
  try {
    const res = await fetch(authorize_url, { redirect: 'manual', headers: { cookie: `mp_sim_user=${openid}` }, signal: AbortSignal.timeout(3000) })
    return new URL(res.headers.get('location') ?? '').searchParams.get('code')
  } catch {
    return null
  }
}

/** The payers of these houses bind their WeChat: most follow the account, one does not. Gives the houses whose payers have bound. */
export async function bindSome(t: Town, house_ids: readonly string[]): Promise<string[]> {
  const c = t.company_id
  const { rows } = await inside(t.app, c, (s) => sql<{ house_id: string; phone: string }>`select distinct on (b.house_id) b.house_id, n.phone from billing.bill b join people.person n on n.company_id = ${c} and n.person_id = b.payer_id
    where b.company_id = ${c} and b.house_id = any(${[...house_ids]}::uuid[]) and n.phone is not null and b.voided_at is null and b.paid_fen + b.reduced_fen < b.amount_fen order by b.house_id, b.due_on`.execute(s.db))
  const bound: string[] = []
  for (const [i, r] of rows.entries()) {
    if (t.road.has('wechat bound', r.house_id)) continue
    try {
      const me = await signIn(t, r.phone)
      if (!me) continue
      const { authorize_url } = await t.road.ask(me, messages.beginWechat, { origin: 'http://localhost' } as never)
      const code = await codeFor(authorize_url, `${i === 1 ? 'oSimNot' : 'oSimDemo'}${r.phone}`)
      if (!code) return bound
      await t.road.call(me, ['wechat bound', r.house_id], messages.bindWechat, { code, state: new URL(authorize_url).searchParams.get('state')! })
      bound.push(r.house_id)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
    }
  }
  return bound
}
