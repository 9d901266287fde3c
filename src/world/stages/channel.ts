// The simulated merchants of the sample: phones and the desk pay at the simulated gateways that `npm start` runs beside the server.
import { nowIso } from '../../kernel/clock.ts'
import { inside } from '../caller.ts'
import { must, type Town } from '../town.ts'
import { simAppConfig } from '../outside/alipay_sim/index.ts'
import { simIssuerConfig } from '../outside/invoice_sim/index.ts'
import { simMerchantConfig } from '../outside/wechat_sim/index.ts'
import { payment } from '../../modules/payment/contract.ts'

export async function openChannels(t: Town, o: { sim_port?: number; sim_alipay_port?: number; sim_invoice_port?: number }): Promise<void> {
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
  const issuer = await inside(t.app, t.company_id, (s) => s.db.selectFrom('payment.invoice_issuer').select('issuer_id').where('company_id', '=', t.company_id).executeTakeFirst())
  if (!issuer) await t.road.ask(admin, payment.saveIssuer, { name: '电子发票(模拟)', seller_name: '安居物业服务有限公司', seller_tax_no: '91610300MA6SAMPLE1', simulated: true, config: simIssuerConfig(t.app.data_dir, o.sim_invoice_port) })
  await setTaxes(t)
}

/** Property services at 6 %, leasing of bays and rooms at 9 %, water resold at 3 % (增值税法 第十、十一条; 公告 2016年54号). */
const TAXES: [RegExp, string, string, string][] = [
  [/水/, '1100301010000000000', '*水冰雪*自来水', '0.03'],
  [/租|车位/, '3040502020000000000', '*经营租赁*车位租赁', '0.09'],
  [/./, '3040801010000000000', '*企业管理服务*物业服务费', '0.06'],
]
async function setTaxes(t: Town): Promise<void> {
  const admin = must(t, t.company.admin_login)
  const items = await inside(t.app, t.company_id, (s) => s.db.selectFrom('billing.fee_item').select(['fee_item_id', 'name']).where('company_id', '=', t.company_id).orderBy('name').limit(100).execute())
  for (const i of items) {
    const [, goods_code, goods_name, tax_rate] = TAXES.find(([p]) => p.test(i.name))!
    await t.road.ask(admin, payment.saveTaxItem, { fee_item_id: i.fee_item_id, goods_code, goods_name, tax_rate, from_on: '2020-01-01' })
  }
}
