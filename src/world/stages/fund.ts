// The maintenance fund of the sample: rules, special accounts, standards, and the first deposits that the developer paid up front.
import { sql } from 'kysely'
import { at, inside, isRefusal } from '../caller.ts'
import { firstOf, instantAt, isPast } from '../plan/calendar.ts'
import { sampleHome } from '../plan/people.ts'
import { houseId, must, type Town } from '../town.ts'
import { funds } from '../../modules/funds/contract.ts'
import { system } from '../../modules/system/contract.ts'

const RULES = {
  posting_days: 5, share_posting_days: 7, vote_method: 'majority', quorum_num: 2, quorum_den: 3, pass_num: 1, pass_den: 2, objection_num: 1, objection_den: 3, raise_quorum_num: 2, raise_quorum_den: 3, raise_num: 3, raise_den: 4, topup_target_bp: 10_000, over_budget_bp: 1000, audit_limit_fen: 3_000_000, threshold_bp: 3000, topup_days: 30,
  current_rate: '0.05', term_rate: '0.95', day_base: 360, settle_day: '06-30', dangers: '屋面、外墙渗漏\n电梯故障危及人身安全\n消防设施故障\n外墙饰面脱落\n给排水管道爆裂\n共用供电线路断电', from_on: '2020-01-01', basis: '《住宅专项维修资金管理办法》(建设部、财政部令第 165 号)及本市规定(样例)',
} as const

/** Paid for all houses of the company's communities on the first day that is played. */
export async function openFund(t: Town): Promise<void> {
  if (t.company.key !== 'anju') return
  const as = must(t, 'caiwu')
  const day = firstOf(t.calendar.months[0]!)
  await at(instantAt(t.calendar, day, '08:30:00'), async () => {
    await t.road.call(as, ['fund rules'], funds.savePolicy, { ...RULES, community_id: null })
    for (const [key, community_id] of t.ids.community) {
      await t.road.call(as, ['fund bank', key], funds.saveBank, { community_id, bank_name: '样例银行眉县支行', account_name: '眉县住宅专项维修资金管理中心', account_no: `6100 0000 ${String(1000 + key.length)}`, opened_on: '2020-01-01' })
      for (const [name, has_lift, unit_price] of [['多层无电梯', 'no', '45'], ['有电梯', 'yes', '75']] as const)
        await t.road.call(as, ['fund standard', key, name], funds.saveStandard, { community_id, name, has_lift, floors_min: 1, house_kinds: ['dwelling', 'shop', 'office'], unit_price, from_on: '2020-01-01', basis: '市住建局公布的首次缴存标准(样例)' })
      if (t.road.has('fund deposit', key)) continue
      const asked = { community_id, kind: 'first', paid_on: day, voucher_no: `WX-${key}-${day.slice(0, 4)}`, payer_name: '安居置业(代缴)' } as const
      const seen = await t.road.ask(as, funds.previewDeposit, asked).catch((e: unknown) => {
        if (isRefusal(e, 'funds.nothing')) return null
        throw e
      })
      if (seen) await t.road.call(as, ['fund deposit', key], funds.takeDeposit, { ...asked, amount_fen: seen.amount_fen })
    }
  })
}

interface Roof {
  building_id: string
  name: string
  house_count: number
  area_m2: string
}
/** The building of 花园小区 with the most dwellings, so that the split is worth looking at. */
async function roofs(t: Town): Promise<Roof[]> {
  const { rows } = await inside(t.app, t.company_id, (s) => sql<Roof>`select b.building_id, b.name, count(*)::int as house_count, sum(h.built_area_m2)::text as area_m2 from property.building b join property.house h on h.company_id = b.company_id and h.building_id = b.building_id and h.kind = 'dwelling'
    where b.company_id = ${t.company_id} and b.community_id = ${t.ids.community.get('garden')!} group by b.building_id, b.name, b.sort_no order by count(*) desc, b.sort_no, b.name limit 2`.execute(s.db))
  return rows
}
const hundredths = (m2: string, percent: number): string => {
  const n = (BigInt(m2.replace('.', '')) * BigInt(percent)) / 100n
  const text = String(n).padStart(3, '0')
  return `${text.slice(0, -2)}.${text.slice(-2)}`
}

/** Twelve months after the deposits: tried by the finance officer, booked by the manager. */
async function payInterest(t: Town): Promise<void> {
  const [from, to] = [t.calendar.months[0]!, t.calendar.months[12]]
  if (!to || !isPast(t.calendar, `${to}-03`, '18:00:00')) return
  await at(instantAt(t.calendar, `${to}-02`, '10:00:00'), async () => {
    const run = await t.road.call(must(t, 'caiwu'), ['fund interest'], funds.draftInterest, { community_id: t.ids.community.get('garden')!, from_on: firstOf(from), to_on: firstOf(to) })
    await t.road.call(must(t, 'jingli'), ['fund interest book'], funds.bookInterest, { run_id: run.run_id, voucher_no: `WXJX-${to.slice(0, 4)}` })
  })
}

/** One roof repaired from the proposal to the split that is booked; another one posted and waiting for its vote. */
export async function useFund(t: Town): Promise<void> {
  if (t.company.key !== 'anju') return
  const [roof, other] = await roofs(t)
  const [second, third] = [t.calendar.months[1], t.calendar.months[2]]
  if (!roof || !second || !third || !isPast(t.calendar, `${third}-27`, '18:00:00')) return
  const [fin, chief] = [must(t, 'caiwu'), must(t, 'jingli')]
  const base = { community_id: t.ids.community.get('garden')!, path: 'ordinary', scope_kind: 'building', plan: '铲除老化防水层,重做 SBS 卷材防水两道,修补女儿墙,质保五年' } as const
  const on = <T>(day: string, run: () => Promise<T>): Promise<T> => at(instantAt(t.calendar, day, '10:00:00'), run)
  const use = await on(`${second}-03`, () => t.road.call(fin, ['roof'], funds.saveUse, { ...base, title: `${roof.name}屋面防水维修`, scope_ids: [roof.building_id], budget_fen: 3_800_000 }))
  const { use_id } = use
  await on(`${second}-04`, () => t.road.call(fin, ['roof post'], funds.postUse, { use_id, on_day: `${second}-04`, note: `${roof.name}各单元门口和公告栏` }))
  const part = (percent: number) => Math.ceil((roof.house_count * percent) / 100)
  await on(`${second}-12`, () => t.road.call(fin, ['roof vote'], funds.recordVote, { use_id, on_day: `${second}-12`, base_count: roof.house_count, base_m2: roof.area_m2, joined_count: part(85), joined_m2: hundredths(roof.area_m2, 85), yes_count: part(75), yes_m2: hundredths(roof.area_m2, 75), objected_count: 1, objected_m2: hundredths(roof.area_m2, 2), note: '书面征求意见' }))
  const asked = await on(`${second}-13`, () => t.road.call(fin, ['roof ask'], funds.askUse, { use_id, reason: '表决通过,屋面多处渗漏,申请使用维修资金' }))
  await on(`${second}-15`, () => t.road.call(chief, ['roof agree'], system.decideApproval, { approval_id: asked.approval_id, decision: 'agree', step_no: 1, note: '程序完整,同意' }))
  await on(`${second}-20`, () => t.road.call(fin, ['roof contract'], funds.contractUse, { use_id, on_day: `${second}-20`, supplier_name: '宏达防水工程有限公司', contract_no: 'WXHT-01', contract_fen: 3_650_000 }))
  await on(`${second}-22`, () => t.road.call(fin, ['roof pay 1'], funds.payUse, { use_id, amount_fen: 1_095_000, paid_on: `${second}-22`, voucher_no: 'WXFK-01', note: '预付三成' }))
  await on(`${third}-10`, () => t.road.call(fin, ['roof accept'], funds.acceptUse, { use_id, on_day: `${third}-10`, note: '业主代表、物业、施工方签字,闭水试验合格' }))
  await on(`${third}-14`, () => t.road.call(fin, ['roof settle'], funds.settleUse, { use_id, on_day: `${third}-14`, invoice_no: '25617000', invoice_fen: 3_612_345, audit_no: '眉审字 17 号' }))
  await on(`${third}-15`, () => t.road.call(fin, ['roof shares'], funds.postShares, { use_id, on_day: `${third}-15`, note: '公告栏公示七日' }))
  await on(`${third}-24`, () => t.road.call(chief, ['roof book'], funds.bookShares, { use_id }))
  await on(`${third}-25`, () => t.road.call(fin, ['roof pay 2'], funds.payUse, { use_id, amount_fen: 2_517_345, paid_on: `${third}-25`, voucher_no: 'WXFK-02', note: '竣工付清' }))
  await payInterest(t)
  if (!other) return
  await at(t.calendar.until, async () => {
    const next = await t.road.call(fin, ['second roof'], funds.saveUse, { ...base, title: `${other.name}外墙保温层脱落维修`, plan: '拆除空鼓保温层,重做粘贴与锚固,恢复涂料', scope_ids: [other.building_id], budget_fen: 5_600_000 })
    await t.road.call(fin, ['second roof post'], funds.postUse, { use_id: next.use_id, on_day: t.calendar.today, note: '正在征求业主意见' })
  })
}

/** A burst main in one unit: the emergency path, and after it a top-up of its houses, for they fell under the threshold. */
export async function topUp(t: Town): Promise<void> {
  if (t.company.key !== 'anju') return
  const community_id = t.ids.community.get('garden')!
  // Last month: the books of earlier ones are closed by now.
  const m1 = t.calendar.months.at(-2)
  if (!m1) return
  const [fin, chief] = [must(t, 'caiwu'), must(t, 'jingli')]
  const on = <T>(day: string, run: () => Promise<T>): Promise<T> => at(instantAt(t.calendar, day, '11:00:00'), run)
  const { rows } = await inside(t.app, t.company_id, (s) => sql<{ unit_id: string; name: string; fen: number; n: number; m2: string }>`select h.unit_id, b.name || u.no || '单元' as name, sum(a.balance_fen)::bigint as fen, count(*)::int as n, sum(h.built_area_m2)::text as m2 from property.house h
    join property.unit u on u.company_id = h.company_id and u.unit_id = h.unit_id join property.building b on b.company_id = h.company_id and b.building_id = h.building_id join funds.house_account a on a.company_id = h.company_id and a.house_id = h.house_id
    where h.company_id = ${t.company_id} and h.unit_id = (select x.unit_id from property.house x where x.company_id = ${t.company_id} and x.house_id = ${houseId(t, 'garden', sampleHome().label)}) and h.state <> 'disabled' and h.built_area_m2 > 0 group by 1, 2`.execute(s.db))
  const unit = rows[0]
  if (!unit) return
  const { use_id } = await on(`${m1}-03`, () => t.road.call(fin, ['burst'], funds.saveUse, { community_id, path: 'emergency', danger: '给排水管道爆裂', title: `${unit.name}给水立管更换抢修`, plan: '更换锈蚀给水立管及阀门,恢复供水', scope_kind: 'unit', scope_ids: [unit.unit_id], budget_fen: Math.max(Math.round(unit.fen * 0.74), 1) }))
  const { budget_fen: cost } = await t.road.ask(fin, funds.use, { use_id })
  const { approval_id } = await on(`${m1}-03`, () => t.road.call(fin, ['burst ask'], funds.askUse, { use_id, reason: '立管爆裂,整单元停水' }))
  await on(`${m1}-03`, () => t.road.call(chief, ['burst agree'], system.decideApproval, { approval_id, decision: 'agree', step_no: 1, note: '情形属实,先行抢修' }))
  await on(`${m1}-04`, () => t.road.call(fin, ['burst contract'], funds.contractUse, { use_id, on_day: `${m1}-04`, supplier_name: '恒通机电', contract_no: 'WXHT-02', contract_fen: cost }))
  await on(`${m1}-09`, () => t.road.call(fin, ['burst accept'], funds.acceptUse, { use_id, on_day: `${m1}-09`, note: '打压试验合格,业主代表签字' }))
  await on(`${m1}-10`, () => t.road.call(fin, ['burst settle'], funds.settleUse, { use_id, on_day: `${m1}-10`, invoice_no: '25617018', invoice_fen: cost, audit_no: '眉审字 23 号' }))
  await on(`${m1}-10`, () => t.road.call(fin, ['burst shares'], funds.postShares, { use_id, on_day: `${m1}-10`, note: '单元门口公示七日' }))
  await on(`${m1}-18`, () => t.road.call(chief, ['burst book'], funds.bookShares, { use_id }))
  await on(`${m1}-19`, () => t.road.call(fin, ['burst pay'], funds.payUse, { use_id, amount_fen: cost, paid_on: `${m1}-19`, voucher_no: 'WXFK-03' }))
  await on(`${m1}-28`, () => t.road.call(fin, ['fund disclosed'], funds.publishFund, { community_id, from_on: `${m1.slice(0, 4)}-01-01`, to_on: `${m1}-27`, note: '半年公示' }))
  const low = t.road.has('topup') ? null : await t.road.ask(fin, funds.previewTopup, { community_id, target_bp: 5000 })
  if (low && low.rows.length === 0) return
  const { plan_id } = await on(`${m1}-20`, () => t.road.call(fin, ['topup'], funds.draftTopup, { community_id, target_bp: 5000, title: `${unit.name}续筹`, way: 'vote', basis: `${unit.name}业主书面表决(样例)`, total_fen: low?.total_fen ?? 1 }))
  const part = (percent: number) => Math.ceil((unit.n * percent) / 100)
  await on(`${m1}-24`, () => t.road.call(fin, ['topup vote'], funds.recordTopupVote, { plan_id, on_day: `${m1}-24`, base_count: unit.n, base_m2: unit.m2, joined_count: part(92), joined_m2: hundredths(unit.m2, 92), yes_count: part(80), yes_m2: hundredths(unit.m2, 80), objected_count: 0, objected_m2: '0' }))
  await on(`${m1}-25`, () => t.road.call(fin, ['topup issue'], funds.issueTopup, { plan_id }))
  if (t.road.has('topup paid')) return
  const { rows: lines } = await t.road.ask(fin, funds.topupLines, { plan_id, page_size: 100 })
  // Three of five have paid when the sample is looked at; the resident's own house has not.
  const paid = lines.filter((l, i) => i % 5 < 3 && l.house_label !== sampleHome().label).map((l) => ({ house_id: l.house_id, amount_fen: l.due_fen }))
  if (paid.length) await on(`${m1}-27`, () => t.road.call(fin, ['topup paid'], funds.takeDeposit, { community_id, kind: 'topup', paid_on: `${m1}-27`, voucher_no: 'XC-01', payer_name: '业主(逐户存入)', lines: paid, amount_fen: paid.reduce((n, l) => n + l.amount_fen, 0) }))
}
