// The simulated WeChat merchant of the sample: phones pay at the simulated gateway that `npm start` runs beside the server.
import { nowIso } from '../../kernel/clock.ts'
import { inside } from '../caller.ts'
import { must, type Town } from '../town.ts'
import { simMerchantConfig } from '../outside/wechat_sim/index.ts'
import { payment } from '../../modules/payment/contract.ts'

export async function openChannel(t: Town, port: number | undefined): Promise<void> {
  const admin = must(t, t.company.admin_login)
  const config = simMerchantConfig(t.app.data_dir, new Date(nowIso()), port)
  const have = await inside(t.app, t.company_id, (s) => s.db.selectFrom('payment.channel').select('channel_id').where('company_id', '=', t.company_id).where('simulated', '=', true).executeTakeFirst())
  if (have) return
  const { channel_id } = await t.road.ask(admin, payment.saveChannel, { kind: 'wechat', name: '微信支付(模拟)', simulated: true, config: { ...config, way: 'h5', notify_base: null } })
  await t.road.ask(admin, payment.setChannel, { channel_id, enabled: true })
}
