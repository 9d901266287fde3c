// Upkeep of the equipment of 花园小区: by calendar, by running hours and before the flood season; what the last ones cost.
import { at } from '../caller.ts'
import { must, type Town } from '../town.ts'
import { addDays } from '../../kernel/clock.ts'
import { equipment } from '../../modules/equipment/contract.ts'
import { rounds, type Item, type Rule } from '../../modules/rounds/contract.ts'

const STEPS = ['断电挂牌', '清洁、紧固', '加注润滑脂', '试运行 10 分钟,无异响、无渗漏']
const PLANS: readonly [name: string, devices: readonly string[], rule: Rule, parts: string | null][] = [
  ['生活水泵月保养', ['东区 1 号生活水泵', '东区 2 号生活水泵'], { kind: 'monthly', month_days: [10], span_days: 5, season: null }, '黄油枪、润滑脂、机封'],
  ['生活水箱清洗消毒', ['东区生活水箱', '西区生活水箱'], { kind: 'before', expires_on: '2027-03-31', lead_days: 30, every_months: 6 }, null],
  ['柴油发电机保养', ['应急柴油发电机'], { kind: 'hours', every_hours: 250, lead_hours: 20, span_days: 7 }, '机油、机油滤芯、柴油滤芯'],
]
type Cost = Parameters<typeof costOf>[0]
const costOf = (c: { device: string; kind: 'maintenance' | 'inspection' | 'overhaul'; days_ago: number; amount_fen: number; payee: string; note: string }) => c
const COSTS: readonly Cost[] = [
  { device: '东区生活水箱', kind: 'maintenance', days_ago: 160, amount_fen: 120_000, payee: '眉县清源水箱清洗服务部', note: '清洗消毒与水质送检' },
  { device: '西区生活水箱', kind: 'maintenance', days_ago: 40, amount_fen: 120_000, payee: '眉县清源水箱清洗服务部', note: '清洗消毒与水质送检' },
  { device: '一号配电室变压器', kind: 'inspection', days_ago: 60, amount_fen: 380_000, payee: '宝鸡电力试验所', note: '预防性试验' },
  { device: '应急柴油发电机', kind: 'overhaul', days_ago: 210, amount_fen: 264_000, payee: '宝鸡动力机电服务部', note: '更换启动电池与冷却液' },
]

export async function keepUp(t: Town): Promise<void> {
  const community_id = t.ids.community.get('garden')
  if (!community_id) return
  const admin = must(t, t.company.admin_login)
  const kind_id = (await t.road.ask(admin, rounds.kinds, {})).rows.find((k) => k.code === 'upkeep')!.kind_id
  const ids = new Map((await t.road.ask(admin, equipment.devices, { community_id, page_size: 200 })).rows.map((d) => [d.name, d.equipment_id]))
  const crew_id = (await t.road.ask(admin, rounds.crews, { community_id })).rows.find((w) => w.name === '工程班')?.crew_id ?? null
  const items: Item[] = STEPS.map((text, i) => ({ item_id: `i${i + 1}`, text, answer: 'tick', choices: [], low: null, high: null, unit: null, photo: 'no', points: 5 }))
  const { checklist_id } = await t.road.call(admin, ['checklist', '设备保养'], rounds.saveChecklist, { kind_id, name: '设备保养步骤', items, retired: false })
  const plan_ids: string[] = []
  for (const [name, devices, rule, parts] of PLANS) {
    const equipment_ids = devices.flatMap((d) => ids.get(d) ?? [])
    if (equipment_ids.length > 0) plan_ids.push(...(await t.road.call(admin, ['upkeep', name], rounds.saveUpkeep, { community_id, name, equipment_ids, checklist_id, crew_id, rule, from_on: t.calendar.today, to_on: null, notice_days: 3, grace_days: 2, parts, photo: false })).plan_ids)
  }
  await t.road.call(admin, ['upkeep active'], rounds.activatePlans, { plan_ids })
  for (const c of COSTS) {
    const equipment_id = ids.get(c.device)
    const on_day = addDays(t.calendar.today, -c.days_ago)
    if (equipment_id) await at(`${on_day}T10:00:00+08:00`, () => t.road.call(admin, ['device cost', c.device], equipment.addCost, { equipment_id, kind: c.kind, on_day, amount_fen: c.amount_fen, payee: c.payee, note: c.note }))
  }
}
