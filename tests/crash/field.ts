// Where the deeds of the crash loop are done: a company, the gateways that keep a truth of their own, two processes that die, and callers who ask
// again until they are answered, each time with the same request id.
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Refused, overHttp } from '../../src/kernel/client.ts'
import type { Call } from '../../src/kernel/contract.ts'
import { uuidv7 } from '../../src/kernel/ids.ts'
import { messages } from '../../src/modules/messages/contract.ts'
import { payment } from '../../src/modules/payment/contract.ts'
import { startSim as startAlipay, type Sim as AlipaySim } from '../../src/world/outside/alipay_sim/index.ts'
import { startAliyunSms } from '../../src/world/outside/aliyun_sms_sim.ts'
import { startSim as startWechat, type Sim as WechatSim } from '../../src/world/outside/wechat_sim/index.ts'
import { freePort } from '../free_port.ts'
import { testApp, type Caller, type Person, type TestApp } from '../harness.ts'
import { estate } from '../proofs/estate.ts'
import { Model } from '../proofs/model.ts'
import type { Real } from '../proofs/real.ts'
import { Lane, type Strike } from './lane.ts'
import { until } from './place.ts'

export interface Field {
  /** The company, seen from inside: for arranging and for looking. */
  t: TestApp
  /** The same, through the processes that die. */
  over: TestApp
  real: Real
  wechat: WechatSim
  /** Its notices never arrive: only the question says what became of an order. */
  alipay: AlipaySim
  sms: Awaited<ReturnType<typeof startAliyunSms>>
  channel: { wechat: string; alipay: string }
  lanes: { server: Lane; worker: Lane }
  /** How often a call was asked again because nobody answered. */
  asked_again: number
  /** Calls that were answered. */
  answered: number
  newEstate(): Promise<Model>
  stop(): Promise<void>
}
/** A machine that others use too may take half a minute to start a process. */
export const PATIENCE_MS = 240_000

/** Asks until somebody answers. What was refused is an answer; a fault is a failure of the test. */
function stubborn(f: { asked_again: number; answered: number }, base: string, token: string | undefined): Caller {
  const send = overHttp({ face: 'api', base, token: () => token, timeout_ms: 15_000 })
  return (async (call: Call, input: object) => {
    const shape = (call.takes as { shape?: Record<string, unknown> }).shape ?? {}
    const once = call.kind === 'write' && 'request_id' in shape ? { request_id: uuidv7(), ...input } : input
    const end = performance.now() + PATIENCE_MS
    for (;;) {
      try {
        const answer = await send(call.name, once)
        f.answered++
        return answer
      } catch (error) {
        if (!(error instanceof Refused)) throw error
        if (error.status >= 500 && error.code !== 'kernel.busy') throw new Error(`${call.name}: ${error.message}`)
        if (error.status !== 0 && error.status !== 503) throw error
        if (performance.now() > end) throw new Error(`${call.name} was never answered`)
        f.asked_again++
        await sleep(40)
      }
    }
  }) as Caller
}

/** A worker that died holds leases; of a living one they are not touched, or a job would run twice at once. */
const released = (t: TestApp) => t.app.d.pool.query(`update kernel.job set lease_until = now() - interval '1 second' where state = 'running'`)
/** What would wait for a pause to run out is due at once: the loop has no minutes to spare. */
async function overdue(t: TestApp): Promise<void> {
  await t.app.d.pool.query(`update kernel.job set run_at = now() where ${PAUSED}`)
  await t.inside(async (s) => {
    await s.client.query(`update payment.intent set next_check_at = now(), checked_at = null where company_id = $1 and state in ('created','pending','unknown')`, [s.company_id])
    await s.client.query(`update payment.refund set next_try_at = now() where company_id = $1 and state in ('approved','paying','failed') and method = 'original'`, [s.company_id])
  })
}
/** A job whose first try failed: a lock of a connection that the database has not yet seen die is such a reason. */
const PAUSED = `state = 'waiting' and attempts > 0 and run_at > now()`
/** Nothing is due, nothing runs, and nothing waits for its next try. */
const quiet = (t: TestApp): Promise<void> =>
  until('the jobs done', async () => {
    await t.app.d.pool.query(`update kernel.job set run_at = now() where ${PAUSED}`)
    return (await t.app.d.pool.query<{ n: number }>(`select count(*)::int as n from kernel.job where state = 'running' or state = 'waiting' and run_at <= now()`)).rows[0]!.n === 0
  }, PATIENCE_MS, 30)

export async function field(strikes: { server: readonly Strike[]; worker: readonly Strike[] }): Promise<Field> {
  const t = await testApp()
  const port = await freePort()
  const base = `http://127.0.0.1:${port}`
  const wechat = await startWechat({ dir: t.data_dir, scale: 0.002, refund_ms: 20 })
  const alipay = await startAlipay({ dir: t.data_dir, scale: 0.0001 })
  const key = { access_key_id: 'LTAI5tTestKeyId0001', access_key_secret: 'TestSecretOfThirtyCharacters01' }
  const sms = await startAliyunSms({ key_id: key.access_key_id, secret: key.access_key_secret })
  await t.as('admin')(messages.saveSmsProvider, { ...key, sign_name: '断电物业', template_codes: { sign_in_code: 'SMS_154950909' }, endpoint: sms.endpoint })
  await t.as('admin')(messages.setSmsProvider, { enabled: true })
  const added = async (kind: 'wechat' | 'alipay', config: object, notify_base: string): Promise<string> => {
    const { channel_id } = await t.as('admin')(payment.saveChannel, { kind, name: kind, simulated: true, config: { ...config, notify_base } as never })
    await t.as('admin')(payment.setChannel, { channel_id, enabled: true })
    return channel_id
  }
  const channel = { wechat: await added('wechat', wechat.config, base), alipay: await added('alipay', alipay.config, 'http://127.0.0.1:9') }
  // Thirty starts of the same code: compiled once.
  const env = { ...process.env, HEYUAN_DATABASE_URL: t.url, HEYUAN_DATA: t.data_dir, HEYUAN_MODE: 'test', HEYUAN_PORT: String(port), HEYUAN_LOG: 'quiet', NODE_COMPILE_CACHE: join(t.data_dir, 'compiled') }
  const heal = () => overdue(t)
  const healWorker = () => released(t).then(heal)
  const lanes = { server: new Lane({ entry: 'src/apps/server.ts', env, queue: strikes.server, heal }), worker: new Lane({ entry: 'tests/crash/worker.ts', env, queue: strikes.worker, heal: healWorker }) }
  await Promise.all([lanes.server.start(), lanes.worker.start()])
  let no = 0
  const f: Field = {
    t, wechat, alipay, sms, channel, lanes, asked_again: 0, answered: 0,
    over: {} as TestApp, real: {} as Real,
    newEstate: async () => new Model(await estate(t, ++no)),
    async stop() {
      await Promise.all([lanes.server.end(), lanes.worker.end()])
      await Promise.all([wechat.stop(), alipay.stop(), sms.stop()])
    },
  }
  const withToken = (token: string | undefined) => stubborn(f, base, token)
  f.over = { ...t, withToken, as: (person: Person) => withToken(t.tokens.get(person)), drain: async () => (await quiet(t), 0) }
  f.real = { t: f.over, count: new Map(), busy: new Map() }
  return f
}
