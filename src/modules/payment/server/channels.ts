// Payment channels (支付渠道): configuration sealed at rest, switched on one by one, simulated ones only in the sample and in tests.
import { sql } from 'kysely'
import { answer, type App } from '../../../kernel/app.ts'
import { nowMs } from '../../../kernel/clock.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { Refusal } from '../../../kernel/refuse.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { openText, sealText } from '../../../kernel/seal.ts'
import { payment } from '../contract.ts'
import type { AlipayConfig, ChannelKind, WechatConfig } from '../contract_channels.ts'
import { wholeCompany } from './access.ts'
import { alipay } from './outside/alipay.ts'
import type { PayChannel } from './outside/channel.ts'
import { wechatV3 } from './outside/wechat_v3.ts'

type Config = WechatConfig | AlipayConfig
export interface ChannelRow {
  company_id: number
  channel_id: string
  kind: string
  name: string
  simulated: boolean
  config_sealed: string
  enabled_at: string | null
}
export interface OpenChannel {
  channel: PayChannel
  config: Config
  notify_url: string
}

export const simulationAllowed = (mode: App['mode']): boolean => mode === 'sample' || mode === 'test'
const isLoopback = (url: string): boolean => ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(url).hostname)

/**
 * A simulator stands where this start of the product put it (`npm start --port`), which need not be the port of the day the sample was made.
 * The supervisor says so in the environment; elsewhere the stored address holds.
 */
export function placed<C extends { base_url: string }>(config: C, simulated: boolean, kind: string): C {
  const port = simulated ? process.env[`HEYUAN_SIM_${kind.toUpperCase()}_PORT`] : undefined
  // Alipay's address ends in a path.
  return port ? { ...config, base_url: `http://127.0.0.1:${port}${new URL(config.base_url).pathname.replace(/\/$/, '')}` } : config
}

/** Company and channel in one word of the path, because the notice comes without a session and every row belongs to a company. */
export const refOf = (company_id: number, channel_id: string): string => `${company_id}.${channel_id}`
export function readRef(ref: string): { company_id: number; channel_id: string } | null {
  const m = /^([1-9]\d{0,14})\.([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/.exec(ref)
  return m ? { company_id: Number.parseInt(m[1]!, 10), channel_id: m[2]! } : null
}
function notifyUrl(company_id: number, channel_id: string, config: Config): string {
  const base = config.notify_base ?? process.env['HEYUAN_PUBLIC_URL'] ?? `http://127.0.0.1:${process.env['HEYUAN_PORT'] ?? '8080'}`
  return `${base.replace(/\/+$/, '')}/pay/notify/${refOf(company_id, channel_id)}`
}

const around = { now: () => new Date(nowMs()) }
/** A shape that fits the other provider is no configuration of this one. */
function makeChannel(kind: string, config: Config): PayChannel {
  if (kind === 'alipay' && 'app_private_key_pem' in config) return alipay(config, around)
  if (kind === 'wechat' && 'api_v3_key' in config) return wechatV3(config, around)
  throw new TypeError(`no ${kind} configuration`)
}
/** The provider's name for the merchant: his number, or the number of his application. */
const merchantOf = (config: Config): string => ('mch_id' in config ? config.mch_id : config.app_id)

// Making a channel parses RSA keys; the sealed text is the version.
const opened = new Map<string, { sealed: string; open: OpenChannel }>()
const OPENED_MAX = 200

export function openChannel(app: App, row: ChannelRow): OpenChannel {
  if (row.simulated && !simulationAllowed(app.mode)) throw new Refusal('payment.simulation_not_allowed')
  const key = refOf(row.company_id, row.channel_id)
  const known = opened.get(key)
  if (known?.sealed === row.config_sealed) return known.open
  known?.open.channel.end()
  const config = placed(JSON.parse(openText(row.config_sealed)) as Config, row.simulated, row.kind)
  const open = { channel: makeChannel(row.kind, config), config, notify_url: notifyUrl(row.company_id, row.channel_id, config) }
  if (opened.size >= OPENED_MAX) {
    const [oldest] = opened.keys()
    opened.get(oldest!)?.open.channel.end()
    opened.delete(oldest!)
  }
  opened.set(key, { sealed: row.config_sealed, open })
  return open
}
/** Closes idle connections of this process. */
export function closeChannels(): void {
  for (const { open } of opened.values()) open.channel.end()
  opened.clear()
}

const COLUMNS = ['company_id', 'channel_id', 'kind', 'name', 'simulated', 'config_sealed', 'enabled_at'] as const
export async function channelRow(scope: Pick<Scope, 'db' | 'company_id'>, channel_id: string): Promise<ChannelRow | undefined> {
  return scope.db.selectFrom('payment.channel').select(COLUMNS).where('company_id', '=', scope.company_id).where('channel_id', '=', channel_id).executeTakeFirst()
}

/** Channels that a resident can pay through now. */
export async function enabledChannels(app: App, scope: Scope): Promise<{ channel_id: string; kind: ChannelKind; name: string; simulated: boolean }[]> {
  const rows = await scope.db.selectFrom('payment.channel').select(['channel_id', 'kind', 'name', 'simulated']).where('company_id', '=', scope.company_id).where('enabled_at', 'is not', null).orderBy('created_at').limit(20).execute()
  return rows.filter((r) => !r.simulated || simulationAllowed(app.mode)).map((r) => ({ ...r, kind: r.kind as ChannelKind }))
}

const WRONG: [RegExp, string][] = [
  [/Alipay.*base_url/, '网关地址应为 https://openapi.alipay.com/gateway.do'],
  [/base_url/, '接口地址应为微信支付域名(https)'],
  [/no (wechat|alipay) configuration/, '所填内容不是该渠道的商户配置'],
  [/app private key does not belong/, '应用私钥与应用公钥证书不是一对'],
  [/app private key/, '应用私钥应为 2048 位以上的 RSA 私钥'],
  [/alipay public key/, '请填写支付宝公钥,或同时填写三份证书(2048 位以上 RSA)'],
  [/app_id is not/, 'AppID 格式不正确'],
  [/api_v3_key/, 'APIv3 密钥应为 32 字节'],
  [/merchant key/, '商户私钥应为 2048 位以上的 RSA 私钥'],
  [/platform key/, '平台公钥应为 2048 位以上的 RSA 公钥'],
  [/mch_id/, '商户号、AppID 或证书序列号含有不允许的字符'],
]
/** The configuration must open before it is stored; the sentence never repeats a secret. */
function checkConfig(scope: Scope, kind: string, config: Config, simulated: boolean): void {
  if (isLoopback(config.base_url) !== simulated) throw scope.refuse('payment.channel_config_bad', { detail: simulated ? '模拟渠道的接口地址应为本机地址' : '接口地址应为支付渠道的正式域名(https)' })
  if (!simulated && (config.notify_base === null || new URL(config.notify_base).protocol !== 'https:')) throw scope.refuse('payment.channel_config_bad', { detail: '通知域名应为公网 https 地址' })
  try {
    makeChannel(kind, config).end()
  } catch (error) {
    const text = String((error as Error).message)
    throw scope.refuse('payment.channel_config_bad', { detail: WRONG.find(([p]) => p.test(text))?.[1] ?? '密钥不是有效的 PEM 格式' })
  }
}

export const channelAnswers = (app: () => App) => [
  answer(payment.channels, async (scope) => {
    wholeCompany(scope)
    const rows = await scope.db.selectFrom('payment.channel').select([...COLUMNS, 'mch_id']).where('company_id', '=', scope.company_id).orderBy('created_at').limit(200).execute()
    const write = scope.reach('payment.channel.write').all
    const allowed = simulationAllowed(app().mode)
    return {
      rows: rows.map(({ company_id, config_sealed, ...r }) => ({
        ...r,
        kind: r.kind as ChannelKind,
        notify_url: notifyUrl(company_id, r.channel_id, JSON.parse(openText(config_sealed)) as Config),
        can: { enable: !write ? 'kernel.forbidden' : r.simulated && !allowed ? 'payment.simulation_not_allowed' : (true as const), disable: write ? (true as const) : 'kernel.forbidden' },
      })),
      simulation_allowed: allowed,
    }
  }),

  answer(payment.saveChannel, async (scope, o) => {
    wholeCompany(scope)
    if (o.simulated && !simulationAllowed(app().mode)) throw scope.refuse('payment.simulation_not_allowed')
    checkConfig(scope, o.kind, o.config, o.simulated)
    const c = scope.company_id
    const mch_id = merchantOf(o.config)
    const config_sealed = sealText(JSON.stringify(o.config))
    const same = await scope.db.selectFrom('payment.channel').select('channel_id').where('company_id', '=', c).where('kind', '=', o.kind).where('mch_id', '=', mch_id).executeTakeFirst()
    if (same && same.channel_id !== o.channel_id) throw scope.refuse('payment.channel_exists', { mch_id: mch_id })
    if (o.channel_id === undefined) {
      const channel_id = uuidv7()
      await scope.db.insertInto('payment.channel').values({ company_id: c, channel_id, kind: o.kind, name: o.name, simulated: o.simulated, config_sealed, mch_id, enabled_at: null, created_at: scope.now }).execute()
      scope.note('channel', channel_id, { name: o.name, mch_id, simulated: o.simulated })
      return { channel_id }
    }
    const before = await scope.db.selectFrom('payment.channel').select(['channel_id', 'kind', 'name', 'simulated', 'mch_id', 'enabled_at']).where('company_id', '=', c).where('channel_id', '=', o.channel_id).forUpdate().executeTakeFirst()
    if (!before) throw scope.notFound()
    if (before.enabled_at) throw scope.refuse('payment.channel_enabled', { name: before.name })
    if (before.kind !== o.kind) throw scope.refuse('payment.channel_config_bad', { detail: '渠道种类不能更换,请另建渠道' })
    if (before.mch_id !== mch_id || before.simulated !== o.simulated) {
      const used = await scope.db.selectFrom('payment.intent').select('intent_id').where('company_id', '=', c).where('channel_id', '=', o.channel_id).limit(1).executeTakeFirst()
      if (used) throw scope.refuse('payment.channel_used', { name: before.name })
    }
    await scope.db.updateTable('payment.channel').set({ name: o.name, simulated: o.simulated, config_sealed, mch_id }).where('company_id', '=', c).where('channel_id', '=', o.channel_id).execute()
    scope.note('channel', o.channel_id, { name: o.name, mch_id, simulated: o.simulated })
    return { channel_id: o.channel_id }
  }),

  answer(payment.setChannel, async (scope, { channel_id, enabled }) => {
    wholeCompany(scope)
    const row = await channelRow(scope, channel_id)
    if (!row) throw scope.notFound()
    if (enabled) {
      if (row.simulated && !simulationAllowed(app().mode)) throw scope.refuse('payment.simulation_not_allowed')
      checkConfig(scope, row.kind, JSON.parse(openText(row.config_sealed)) as Config, row.simulated)
    }
    await sql`update payment.channel set enabled_at = ${enabled ? scope.now : null}::timestamptz where company_id = ${scope.company_id} and channel_id = ${channel_id}`.execute(scope.db)
    scope.note('channel', channel_id, { enabled })
    return { enabled }
  }),
]
