// Who looks after which building, a promotion that is running, and coupons: by the public calls, as manager and finance would.
import { addDays } from '../../kernel/clock.ts'
import { owing } from './online.ts'
import { payment } from '../../modules/payment/contract.ts'
import { property } from '../../modules/property/contract.ts'
import { system } from '../../modules/system/contract.ts'
import { at, inside } from '../caller.ts'
import { must, type Town } from '../town.ts'

/** The east side to one collector, the west side to the other; the second estate to its own. The last building of the first has nobody yet. */
export const assignStewards = (t: Town): Promise<void> => at(t.calendar.until, async () => {
  const manager = must(t, t.company.admin_login)
  const { rows } = await t.road.ask(manager, property.stewards, {})
  const accounts = await inside(t.app, t.company_id, (s) => s.db.selectFrom('identity.account').select(['account_id', 'login']).where('login', 'in', ['shoufei1', 'shoufei2', 'heshun-guanjia']).execute())
  const of = new Map(accounts.map((a) => [a.login, a.account_id]))
  const garden = rows.filter((r) => r.community_id === t.ids.community.get('garden'))
  const half = Math.ceil((garden.length - 1) / 2)
  const groups: [string, typeof rows][] = [['shoufei1', garden.slice(0, half)], ['shoufei2', garden.slice(half, -1)], ['heshun-guanjia', rows.filter((r) => r.community_id === t.ids.community.get('heshun'))]]
  for (const [login, list] of groups) {
    const account_id = of.get(login)
    if (account_id && list.length > 0) await t.road.call(manager, ['steward', login], property.assignSteward, { building_ids: list.map((r) => r.building_id), account_id, from_on: addDays(t.calendar.today, -300) })
  }
})

/** 预存一年送一月, published by another than its maker. */
export const offerPrepaying = (t: Town): Promise<void> => at(t.calendar.until, async () => {
  const community_id = t.ids.community.get('garden')!
  const items = await inside(t.app, t.company_id, (s) => s.db.selectFrom('billing.fee_item').select(['fee_item_id']).where('company_id', '=', t.company_id).where('community_id', '=', community_id).where('name', '=', '物业服务费').execute())
  if (!items[0]) return
  const day = t.calendar.today
  const { promotion_id } = await t.road.call(must(t, 'caiwu'), ['promotion'], payment.savePromotion, { community_id, fee_item_id: items[0].fee_item_id, name: '年度预存有礼', kind: 'months', from_on: `${day.slice(0, 7)}-01`, to_on: addDays(day, 60), pay_months: 12, gift_months: 1, per_house: 1, max_uses: 200, budget_fen: 5_000_000, alone: true, refund_rule: 'gift_first', basis: '小区公告栏公示的预存优惠方案' })
  const { approval_id } = await t.road.call(must(t, 'caiwu'), ['promotion asked'], payment.askPromotion, { promotion_id, reason: '年度预存优惠' })
  await t.road.call(must(t, t.company.admin_login), ['promotion agreed'], system.decideApproval, { approval_id, step_no: 1, decision: 'agree' })
})

const sumOf = (lines: readonly { amount_fen: number }[]): number => lines.reduce((n, l) => n + l.amount_fen, 0)

/** Coupons: to those who owe a little, three of them used at the desk; codes for the counter; and one batch above the limit that waits for a second person. */
export const giveCoupons = (t: Town): Promise<void> => at(t.calendar.until, async () => {
  const community_id = t.ids.community.get('garden')!
  const fin = must(t, 'caiwu')
  const day = t.calendar.today
  const terms = { community_id, from_on: day, to_on: addDays(day, 90), basis: '年末答谢,项目经理办公会纪要' }
  await t.road.call(fin, ['coupon rule'], payment.saveRule, { community_id, from_on: day, note: '优惠券管理办法', rule: { kind: 'coupon', value: { limit_fen: 200_000 } } })
  // Chosen once: who goes on after a stop finds the coupons, not the debts of that moment.
  const homes = t.road.has('coupons') ? [] : (await owing(t, 40, 40)).filter((h) => sumOf(h.bills) > 5_000)
  const labels = homes.length === 0 ? [] : (await inside(t.app, t.company_id, (s) => s.db.selectFrom('property.house').select('label').where('company_id', '=', t.company_id).where('house_id', 'in', homes.map((h) => h.house_id)).execute())).map((h) => h.label)
  const { batch_id } = await t.road.call(fin, ['coupons'], payment.issueCoupons, { ...terms, name: '按月缴费答谢券', way: 'house', amount_fen: 1_000, min_fen: 5_000, rooms: labels })
  await t.road.call(fin, ['coupon codes'], payment.issueCoupons, { ...terms, name: '服务中心扫码券', way: 'code', count: 50, amount_fen: 2_000, min_fen: 10_000, refund_rule: 'forfeit' })
  await t.road.call(fin, ['coupons asked'], payment.issueCoupons, { ...terms, name: '全体业主年末券', way: 'house', house_kinds: ['dwelling'], amount_fen: 3_000, min_fen: 30_000 })
  for (const k of (await t.road.ask(fin, payment.coupons, { batch_id, page_size: 200 })).rows.slice(0, 3)) {
    if (!k.house_id || t.road.has('coupon used', k.house_id)) continue
    const lines = (await t.road.ask(fin, payment.desk, { house_id: k.house_id })).lines.map((l) => ({ bill_id: l.bill_id, period_on: l.period_on, amount_fen: l.open_fen }))
    await t.road.call(must(t, 'shoufei2'), ['coupon used', k.house_id], payment.takePayment, { house_id: k.house_id, lines, coupon_ids: [k.coupon_id], tenders: [{ method: 'wechat', amount_fen: sumOf(lines) - 1_000 }] })
  }
})
