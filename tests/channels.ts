// Paying through channels in tests: an application with a small estate, the simulated gateways over real HTTP, and the routes of their notices.
import fastify from 'fastify'
import { nowMs } from '../src/kernel/clock.ts'
import { payment } from '../src/modules/payment/contract.ts'
import { backgroundDone } from '../src/modules/payment/server/ask.ts'
import { closeChannels } from '../src/modules/payment/server/channels.ts'
import { registerPaymentRoutes } from '../src/modules/payment/server/notify.ts'
import { startSim as startAlipay, type Sim as AlipaySim } from '../src/world/outside/alipay_sim/index.ts'
import { startSim as startWechat, type Sim as WechatSim, type SimOptions } from '../src/world/outside/wechat_sim/index.ts'
import { testApp, type TestApp } from './harness.ts'
import { seedMoney, type Seed } from './seed_money.ts'

export interface Channels {
  t: TestApp
  seed: Seed
  /** Where notices are taken. */
  base: string
  wechat: WechatSim
  /** Channel ids; `alipay` is empty unless it was asked for. */
  id: { wechat: string; alipay: string }
  stop(): Promise<void>
}
export interface BothChannels extends Channels {
  alipay: AlipaySim
}
interface Options {
  houses?: number
  wechat?: Omit<SimOptions, 'dir' | 'now'>
}

/** WeChat Pay alone. */
export async function wechatChannel(o: Options = {}): Promise<Channels> {
  const t = await testApp()
  const seed = await t.inside((s) => seedMoney(s, { houses: o.houses ?? 30 }))
  const wechat = await startWechat({ dir: t.data_dir, scale: 0.001, now: () => new Date(nowMs()), ...o.wechat })
  const web = fastify()
  await registerPaymentRoutes(web, t.app)
  const base = await web.listen({ port: 0, host: '127.0.0.1' })
  const stop = async (): Promise<void> => {
    await backgroundDone()
    closeChannels()
    await web.close()
    await wechat.stop()
  }
  return { t, seed, base, wechat, id: { wechat: await added(t, base, 'wechat', '微信支付(模拟)', wechat.config), alipay: '' }, stop }
}

/** WeChat Pay, and Alipay beside it. */
export async function bothChannels(o: Options = {}): Promise<BothChannels> {
  const one = await wechatChannel(o)
  const alipay = await startAlipay({ dir: one.t.data_dir, scale: 0.0001, now: () => new Date(nowMs()) })
  const id = { ...one.id, alipay: await added(one.t, one.base, 'alipay', '支付宝(模拟)', alipay.config) }
  const stop = async (): Promise<void> => {
    await one.stop()
    await alipay.stop()
  }
  return { ...one, alipay, id, stop }
}

async function added(t: TestApp, notify_base: string, kind: 'wechat' | 'alipay', name: string, config: object): Promise<string> {
  const { channel_id } = await t.as('admin')(payment.saveChannel, { kind, name, simulated: true, config: { ...config, notify_base } as never })
  await t.as('admin')(payment.setChannel, { channel_id, enabled: true })
  return channel_id
}
