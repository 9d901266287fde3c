// The sample installation: two companies, three communities, eighteen months of a real place, made by the calls that people use.
// It may be stopped at any moment and started again: what is done is known by its request id.
import type { App } from '../kernel/app.ts'
import { nowMs } from '../kernel/clock.ts'
import { asOwner } from '../kernel/db.ts'
import { agreeModel, assignHouses, installMeters, noteHouses, publishTariff } from './stages/tariff.ts'
import { buildHouses, foundCommunities, registerAreas } from './stages/estates.ts'
import { hire, openTown } from './stages/companies.ts'
import { openFund, topUp, useFund } from './stages/fund.ts'
import { readMains, shareLighting } from './stages/mains.ts'
import { spendAndEarn } from './stages/spending.ts'
import { leaveSaleOpen, leaveWriteOffOpen } from './stages/adjustments.ts'
import { askInvoices } from './stages/invoices.ts'
import { leaveOneOpen } from './stages/corrections.ts'
import { assignStewards, giveCoupons, offerPrepaying } from './stages/offers.ts'
import { playMonths } from './stages/months.ts'
import { payOnline } from './stages/online.ts'
import { fileStatement } from './stages/statement.ts'
import { hear } from './stages/care.ts'
import { keepSafe } from './stages/safety.ts'
import { repair } from './stages/orders.ts'
import { equip } from './stages/equipment.ts'
import { keepUp } from './stages/upkeep.ts'
import { standWatch } from './stages/duty.ts'
import { prepare } from './stages/emergency.ts'
import { wire } from './stages/smart.ts'
import { guardDoors } from './stages/doors.ts'
import { putUpCameras } from './stages/video.ts'
import { fileFires } from './stages/firefile.ts'
import { drawSite } from './stages/siteplan.ts'
import { holdMuster } from './stages/muster.ts'
import { park } from './stages/parking.ts'
import { keepAttendance } from './stages/attendance.ts'
import { keepStaff } from './stages/staff.ts'
import { keepContracts } from './stages/contracts.ts'
import { keepSuppliers } from './stages/suppliers.ts'
import { keepRules } from './stages/office.ts'
import { setTargets } from './stages/targets.ts'
import { openPlaces } from './stages/bookings.ts'
import { holdActivities, postNotices } from './stages/community.ts'
import { receive } from './stages/visitors.ts'
import { holdVotes } from './stages/votes.ts'
import { supervise } from './stages/supervision.ts'
import { patrol } from './stages/patrol.ts'
import { keepOrder } from './stages/public_order.ts'
import { remindDebtors } from './stages/reminders.ts'
import { openWechat } from './stages/wechat.ts'
import { registerVehicles, settlePeople } from './stages/people.ts'
import type { Town } from './town.ts'

export interface LoadOptions {
  log: (line: string) => void
  /** How many months are played; 18 unless a test wants fewer. */
  months?: number
  sim_port?: number
  sim_alipay_port?: number
  sim_invoice_port?: number
  /** The instant at which the played months end; the present unless the sample is to stand at another day. Kept from the first load on. */
  until?: string
  /** Stops after the stage of this name, for tests. */
  until_stage?: string
}
export interface Loaded {
  stages: { name: string; seconds: number }[]
  company_id: number
  other_company_id: number
}
const SECOND_COMPANY_MONTHS = 6

/**
 * The planner must not think the new tables empty until autovacuum comes by: the first charge runs would take seconds. Tables that are still
 * empty are left alone, for a plan made by "no rows" reads a whole month later.
 */
const analyse = (app: App): Promise<void> =>
  asOwner(app.d.url, async (c) => {
    const { rows } = await c.query<{ tables: string | null }>(`select string_agg(relid::regclass::text, ', ') as tables from pg_stat_user_tables where n_mod_since_analyze > 0 or n_live_tup > 0`)
    if (rows[0]?.tables) await c.query(`analyze ${rows[0].tables}`)
  })

export async function loadWorld(app: App, o: LoadOptions): Promise<Loaded> {
  if (app.mode !== 'sample' && app.mode !== 'test') throw new Error('样例数据只能装入样例安装')
  const stages: Loaded['stages'] = []
  let towns: [Town, Town] | undefined
  const both = async (run: (t: Town) => Promise<void>): Promise<void> => {
    for (const t of towns!) await run(t)
  }
  const list: [string, () => Promise<void>][] = [
    ['公司与管理员', async () => void (towns = [await openTown(app, 'anju', o), await openTown(app, 'huixin', o)])],
    ['小区与楼栋', () => both(foundCommunities)],
    ['员工账号', () => both((t) => hire(t, 'workers'))],
    ['房产', () => both(buildHouses)],
    ['业主、租户与住户', () => both(settlePeople)],
    ['数据统计', () => analyse(app)],
    ['收费项目与单价', () => both(async (t) => (await agreeModel(t), await publishTariff(t)))],
    ['逐户标准与水表', () => both(async (t) => (await assignHouses(t), await noteHouses(t), await installMeters(t)))],
    ['公共部位、车辆与其他员工', () => both(async (t) => (await registerAreas(t), await registerVehicles(t), await hire(t, 'others')))],
    ['维修资金', () => both(async (t) => (await openFund(t), await useFund(t)))],
    ['各月账单、抄表与收款', () => both((t) => playMonths(t, t.company.key === 'huixin' ? t.calendar.months.slice(-SECOND_COMPANY_MONTHS) : t.calendar.months))],
    ['模拟支付渠道', async () => (await openWechat(towns![0], o), await payOnline(towns![0], o), await fileStatement(towns![0]))],
    ['总分表与公摊', async () => (await readMains(towns![0]), await shareLighting(towns![0]))],
    ['支出、公共收益与续筹', async () => (await spendAndEarn(towns![0]), await topUp(towns![0]))],
    ['管家分工、优惠活动与优惠券', async () => (await assignStewards(towns![0]), await offerPrepaying(towns![0]), await giveCoupons(towns![0]))],
    ['发票', () => askInvoices(towns![0])],
    ['报修工单', () => repair(towns![0])],
    ['投诉建议', () => hear(towns![0])],
    ['设备台账', () => equip(towns![0])],
    ['智能设备', () => wire(towns![0])],
    ['巡查保洁', () => patrol(towns![0])],
    ['设备保养', () => keepUp(towns![0])],
    ['停车', () => park(towns![0])],
    ['访客', () => receive(towns![0])],
    ['员工档案', () => keepStaff(towns![0])],
    ['考勤', () => keepAttendance(towns![0])],
    ['合同台账与供应商', async () => (await keepContracts(towns![0]), await keepSuppliers(towns![0]))],
    ['场地预约', () => openPlaces(towns![0])],
    ['公告与活动', async () => (await postNotices(towns![0]), await holdActivities(towns![0]))],
    ['门禁', () => guardDoors(towns![0])],
    ['视频监控', () => putUpCameras(towns![0])],
    ['集合点名', () => holdMuster(towns![0])],
    ['安全事件、秩序问题与警示标识', async () => (await keepSafe(towns![0]), await keepOrder(towns![0]))],
    ['平面图', () => drawSite(towns![0])],
    ['值班室与应急', async () => (await standWatch(towns![0]), await prepare(towns![0]))],
    ['制度与 SOP', () => keepRules(towns![0])],
    ['消防档案', () => fileFires(towns![0])],
    ['业主大会表决与行业监管', async () => (await holdVotes(towns![0]), await supervise(towns!))],
    ['催缴', () => remindDebtors(towns![0])],
    ['指标目标', () => setTargets(towns![0])],
    ['待办', async () => (await leaveOneOpen(towns![0]), await leaveWriteOffOpen(towns![0]), await leaveSaleOpen(towns![0]))],
    // By a connection that waits for the disk: what was loaded before is on it then.
    ['收尾统计', () => analyse(app)],
  ]
  for (const [name, run] of list) {
    const begun = nowMs()
    await run()
    const seconds = (nowMs() - begun) / 1000
    stages.push({ name, seconds })
    o.log(`${name}:完成,用时 ${seconds.toFixed(1)} 秒`)
    if (name === o.until_stage) break
  }
  return { stages, company_id: towns![0].company_id, other_company_id: towns![1].company_id }
}
