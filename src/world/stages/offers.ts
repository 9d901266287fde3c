// Who looks after which building, and a promotion that is running: by the public calls, as manager and finance would.
import { addDays } from '../../kernel/clock.ts'
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
