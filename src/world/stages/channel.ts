// The simulated merchants of the sample: phones and the desk pay at the simulated gateways that `npm start` runs beside the server.
import { nowIso } from '../../kernel/clock.ts'
import { inside } from '../caller.ts'
import { must, type Town } from '../town.ts'
import { simAppConfig } from '../outside/alipay_sim/index.ts'
import { simMerchantConfig } from '../outside/wechat_sim/index.ts'
import { payment } from '../../modules/payment/contract.ts'

export async function openChannels(t: Town, o: { sim_port?: number; sim_alipay_port?: number }): Promise<void> {
  const admin = must(t, t.company.admin_login)
  const rows = await inside(t.app, t.company_id, (s) => s.db.selectFrom('payment.channel').select('kind').where('company_id', '=', t.company_id).where('simulated', '=', true).execute())
  const have = new Set(rows.map((r) => r.kind))
  const now = new Date(nowIso())
  if (!have.has('wechat')) {
    const config = { ...simMerchantConfig(t.app.data_dir, now, o.sim_port), way: 'h5' as const, notify_base: null }
    const { channel_id } = await t.road.ask(admin, payment.saveChannel, { kind: 'wechat', name: '微信支付(模拟)', simulated: true, config })
    await t.road.ask(admin, payment.setChannel, { channel_id, enabled: true })
  }
  if (!have.has('alipay')) {
    const config = { ...simAppConfig(t.app.data_dir, now, o.sim_alipay_port), way: 'wap' as const, notify_base: null }
    const { channel_id } = await t.road.ask(admin, payment.saveChannel, { kind: 'alipay', name: '支付宝(模拟)', simulated: true, config })
    await t.road.ask(admin, payment.setChannel, { channel_id, enabled: true })
  }
}
