// The simulated merchants of the sample: phones and the desk pay at the simulated gateways that `npm start` runs beside the server.
import { nowIso } from '../../kernel/clock.ts'
import { inside } from '../caller.ts'
import { must, type Town } from '../town.ts'
import { simAppConfig } from '../outside/alipay_sim/index.ts'
import { simIssuerConfig } from '../outside/invoice_sim/index.ts'
import { simMerchantConfig } from '../outside/wechat_sim/index.ts'
import { payment } from '../../modules/payment/contract.ts'

export interface Ports {
  sim_port?: number
  sim_alipay_port?: number
  sim_invoice_port?: number
}
async function openOne(t: Town, kind: 'wechat' | 'alipay', name: string, config: () => object): Promise<void> {
  const admin = must(t, t.company.admin_login)
  if (await inside(t.app, t.company_id, (s) => s.db.selectFrom('payment.channel').select('kind').where('company_id', '=', t.company_id).where('simulated', '=', true).where('kind', '=', kind).executeTakeFirst())) return
  const { channel_id } = await t.road.ask(admin, payment.saveChannel, { kind, name, simulated: true, config: { ...config(), notify_base: null } as never })
  await t.road.ask(admin, payment.setChannel, { channel_id, enabled: true })
}
export const openWechatPay = (t: Town, o: Ports): Promise<void> => openOne(t, 'wechat', '微信支付(模拟)', () => ({ ...simMerchantConfig(t.app.data_dir, new Date(nowIso()), o.sim_port), way: 'h5' }))

/** Alipay and the issuer of invoices. */
export async function openOthers(t: Town, o: Ports): Promise<void> {
  const admin = must(t, t.company.admin_login)
  await openOne(t, 'alipay', '支付宝(模拟)', () => ({ ...simAppConfig(t.app.data_dir, new Date(nowIso()), o.sim_alipay_port), way: 'wap' }))
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
